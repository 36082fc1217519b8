-- SPDX-License-Identifier: GPL-3.0-or-later
-- Waits until every transaction has ended that writes exposures and may not have seen the rows of
-- result_window that were committed before. A statement locks the tables that it writes before it
-- takes its snapshot, and those that write exposures read result_window themselves: so whoever gets
-- the lock of the table after this one sees those rows. The lock is asked for a moment at a time,
-- because writers queue behind it; false: somebody held the table all that time.
create or replace function result_window_wait()
returns boolean
language plpgsql
set search_path from current
set lock_timeout = '200ms'
as $$
begin
	lock table exposure in share mode;
	return true;
exception when lock_not_available then
	return false;
end
$$;

revoke execute on function result_window_wait from public;
