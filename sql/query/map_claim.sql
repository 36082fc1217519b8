-- Takes up the definition that has been due longest at $1 and says so in its status. Whoever works
-- on one holds the lock on its job's row, so it is passed over here, and free again the moment a
-- worker's connection ends. $2 names the worker.
-- reach: definitions
-- retry: no
-- role: owner
with job as (
	select j.nr from map_job as j join experiment as e on e.nr = j.nr
	where j.due_at <= $1::timestamptz and e.status in ('SUBMITTED', 'PROCESSING', 'ACTIVE')
	order by j.due_at for update of j skip locked limit 1
), claimed as (
	update map_job as j
	set worker = $2, lease_until = null, next_version = j.next_version + 1
	from job where j.nr = job.nr
	returning j.nr, j.next_version
), begun as (
	update experiment as e
	set status = 'PROCESSING', status_msg = $3, updated_at = $1::timestamptz,
		version = e.version + 1
	from job where e.nr = job.nr and e.status = any ($4::text[])
	returning e.nr
)
select c.nr, c.next_version, e.id, e.criteria, e.status in ('SUBMITTED', 'PROCESSING') as first
from claimed as c join experiment as e on e.nr = c.nr
