-- SPDX-License-Identifier: GPL-3.0-or-later
-- The first key of an advisory lock of two keys, by what is locked (sql/README.md,
-- store/db/lock.h). It is immutable, so the planner puts the number in its place: a statement
-- costs what it costs with the number.
create or replace function lock_class(locked text)
returns integer
language plpgsql
immutable
parallel safe
set search_path from current
as $$
begin
	case locked
		when 'audience_writer' then return 4702111;
		when 'audience_job' then return 4702112;
		when 'subject' then return 4702114;
		when 'upload' then return 4702116;
		when 'preassigned' then return 4702117;
		when 'result_fold' then return 4702118;
	end case;
end
$$;

revoke execute on function lock_class from public;
grant execute on function lock_class to assay_app;
