-- Takes up the definition that has been due longest at $1 and says so in its status. Whoever works
-- on one holds an advisory lock, so it is passed over here, and free again the moment a worker's
-- connection ends. The job's row stays free: nobody who changes the definition waits for a
-- mapping. $2 names the worker. What is to be mapped is read afterwards: this statement may have
-- waited, and would tell of the definition as it was before.
-- reach: definitions
-- retry: no
-- role: owner
with due as materialized (
	select j.nr from audience_job as j join experiment as e on e.nr = j.nr
	where j.due_at <= $1::timestamptz and e.status in ('SUBMITTED', 'PROCESSING', 'ACTIVE')
		and not exists (
			select from pg_locks as l
			where l.locktype = 'advisory' and l.classid = lock_class('audience_job')::oid
				and l.objsubid = 2
				and l.objid = (j.nr % 2147483647)::integer::oid
				and l.database = (
					select oid from pg_database where datname = current_database())
		)
	order by j.due_at for update of j skip locked limit 1
), locked as materialized (
	select nr from due where pg_try_advisory_lock(lock_class('audience_job'),
		(nr % 2147483647)::integer)
), claimed as (
	update audience_job as j
	set worker = $2, next_version = j.next_version + 1
	from locked where j.nr = locked.nr
	returning j.nr, j.next_version
), marked as (
	update experiment as e
	set status = 'PROCESSING', status_msg = $3, updated_at = $1::timestamptz,
		job_version = e.job_version + 1
	from locked where e.nr = locked.nr and e.status = any ($4::text[])
	returning e.nr
)
select nr, next_version from claimed
