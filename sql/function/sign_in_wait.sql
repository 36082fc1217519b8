-- SPDX-License-Identifier: GPL-3.0-or-later
-- How long to wait after so many failures.
create or replace function sign_in_wait(kind text, failures integer)
returns interval
language plpgsql immutable
set search_path from current
as $$
begin
	return interval '1 second' * case
		when kind = 'pair' and failures >= 5 then least(60, power(2, least(failures, 20) - 3))
		when kind = 'network' and failures >= 20 then 60
		when kind = 'account' and failures >= 50 then 10
		else 0 end;
end
$$;

revoke execute on function sign_in_wait from public;
grant execute on function sign_in_wait to assay_app;
