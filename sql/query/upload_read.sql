-- The content of upload $1 and what it is for.
-- reach: definitions
-- retry: yes
-- role: owner
select u.segmentation, s.id, s.context, u.created_by as by, u.content, u.position, u.erasure_count
from upload as u join segmentation as s on s.nr = u.segmentation
where u.nr = $1::bigint and u.done_at is null
