-- SPDX-License-Identifier: GPL-3.0-or-later
-- Waits until every transaction has ended that held the writers' lock (audience_write_lock) when
-- this was called; those that begin later see what was committed before, and are not waited for.
-- Nothing queues for the lock. Counts erasures: erased_before is a number from before the wait,
-- erased_after from after it.
create or replace function audience_wait_writers(out erased_before bigint, out erased_after bigint)
language plpgsql
set search_path from current
as $$
declare
	here oid;
	writers text[];
begin
	select last_value into erased_before from erasure;
	select oid into here from pg_database where datname = current_database();
	select array_agg(virtualtransaction) into writers from pg_locks
	where locktype = 'advisory' and database = here and classid = lock_class('audience_writer')::oid and objid = 1
		and objsubid = 2 and pid <> pg_backend_pid();
	while exists (
		select from pg_locks
		where locktype = 'advisory' and database = here and classid = lock_class('audience_writer')::oid and objid = 1
			and objsubid = 2 and virtualtransaction = any (writers)
	) loop
		perform pg_sleep(0.002);
	end loop;
	select last_value into erased_after from erasure;
end
$$;

revoke execute on function audience_wait_writers from public;
