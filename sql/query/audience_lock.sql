-- Definition $1, if it is still to be mapped at $2 (now) and version $3 is still this worker's,
-- whose connection may be another than at the claim.
-- reach: definitions
-- retry: no
-- role: owner
select j.nr from audience_job as j
join experiment as e on e.nr = j.nr
where j.nr = $1::bigint and j.due_at <= $2::timestamptz and j.next_version = $3::bigint
	and e.status in ('SUBMITTED', 'PROCESSING', 'ACTIVE')
	and pg_try_advisory_xact_lock(lock_class('audience_job'), ($1::bigint % 2147483647)::integer)
