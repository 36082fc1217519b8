-- SPDX-License-Identifier: GPL-3.0-or-later
-- The instant of a term in microseconds: of a date, or of a number from 10^11 on as milliseconds
-- since 1970, from 10^9 on as seconds, cut to the millisecond; null for anything else. As in
-- core/audience/condition.c. PL/pgSQL evaluates an expression without a query in it
-- directly, and a criterion on a million profiles calls this for each of their values.
create or replace function term_instant(rest text)
returns numeric
language plpgsql
immutable
parallel safe
set search_path from current
as $$
declare
	n numeric;
begin
	if left(rest, 1) = '@' then
		return substr(rest, 2)::numeric;
	end if;
	if length(rest) > 201
		or rest !~ '^[#=]-?(0|[1-9][0-9]*)([.][0-9]+)?(e[+-]?[0-9]{1,3})?$' then
		return null;
	end if;
	n := substr(rest, 2)::numeric;
	return case when n >= 100000000000 and n < 253402300800000 then trunc(n) * 1000
		when n >= 1000000000 and n < 100000000000 then trunc(n * 1000) * 1000 end;
end
$$;

revoke execute on function term_instant from public;
grant execute on function term_instant to assay_app;
