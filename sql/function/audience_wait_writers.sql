-- SPDX-License-Identifier: GPL-3.0-or-later
-- Waits until every transaction has ended that held the writers' lock (audience_write_lock) when
-- this was called; those that begin later see what was committed before, and are not waited for.
-- Nothing queues for the lock. Counts erasures: erased_before is a number from before the wait,
-- erased_after from after it.
create or replace function audience_wait_writers(out erased_before bigint, out erased_after bigint)
language plpgsql
set search_path from current
as $$
begin
	select last_value into erased_before from erasure;
	perform lock_wait_holders('audience_writer');
	select last_value into erased_after from erasure;
end
$$;

revoke execute on function audience_wait_writers from public;
