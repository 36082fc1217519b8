-- SPDX-License-Identifier: GPL-3.0-or-later
-- Waits until every other transaction has ended that holds the lock (class of `locked`, 1) when this
-- is called. Those that take it later are not waited for, and nothing queues for the lock.
create or replace function lock_wait_holders(locked text)
returns void
language plpgsql
set search_path from current
as $$
declare
	here oid;
	class oid := lock_class(locked)::oid;
	holders text[];
begin
	select oid into here from pg_database where datname = current_database();
	select array_agg(virtualtransaction) into holders from pg_locks
	where locktype = 'advisory' and database = here and classid = class and objid = 1
		and objsubid = 2 and pid <> pg_backend_pid();
	while exists (
		select from pg_locks
		where locktype = 'advisory' and database = here and classid = class and objid = 1
			and objsubid = 2 and virtualtransaction = any (holders)
	) loop
		perform pg_sleep(0.002);
	end loop;
end
$$;

revoke execute on function lock_wait_holders from public;
grant execute on function lock_wait_holders to assay_app;
