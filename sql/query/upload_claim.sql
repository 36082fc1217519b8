-- Takes up the upload that waits longest at $1; one that has failed not before its next try.
-- Whoever works on one holds an advisory lock, which ends with the connection, however the process
-- ends.
-- reach: definitions
-- retry: no
-- role: owner
with due as materialized (
	select u.nr from upload as u
	where u.done_at is null and u.content is not null
		and (u.retry_at is null or u.retry_at <= $1::timestamptz) and not exists (
		select from pg_locks as l
		where l.locktype = 'advisory' and l.classid = lock_class('upload')::oid and l.objsubid = 2
			and l.objid = (u.nr % 2147483647)::integer::oid
			and l.database = (
				select oid from pg_database where datname = current_database())
	)
	order by u.nr limit 1
)
select nr from due where pg_try_advisory_lock(lock_class('upload'), (nr % 2147483647)::integer)
