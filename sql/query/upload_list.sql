-- The newest $2 files of members of segmentation $1 (its id).
-- reach: definitions
-- retry: yes
select u.nr, u.total, u.failed, u.created_by as by, u.created_at as at, u.done_at is not null as done
from upload as u join segmentation as s on s.nr = u.segmentation
where s.id = $1
order by u.nr desc limit $2::bigint
