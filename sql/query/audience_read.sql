-- What is to be done for definition $1, which has been claimed; no row when it is not to be mapped
-- any more.
-- reach: definitions
-- retry: no
-- role: owner
select j.due_at::text as due_at, e.id, e.criteria,
	e.status in ('SUBMITTED', 'PROCESSING') as first
from audience_job as j join experiment as e on e.nr = j.nr
where j.nr = $1::bigint and e.status in ('SUBMITTED', 'PROCESSING', 'ACTIVE')
