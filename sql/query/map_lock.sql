-- Holds the job of definition $1 until the transaction ends; no row when somebody else does, or
-- when it is no longer to be mapped at $2 (now).
-- reach: definitions
-- retry: no
-- role: owner
select j.nr from map_job as j
join experiment as e on e.nr = j.nr
where j.nr = $1::bigint and j.due_at <= $2::timestamptz and e.status in ('SUBMITTED', 'PROCESSING', 'ACTIVE')
for update of j skip locked
