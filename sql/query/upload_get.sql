-- Upload $2 of segmentation $1 (its id): how far it is.
-- reach: definitions
-- retry: yes
select u.nr, u.total, u.added, u.changed, u.present, u.preassigned, u.failed, u.created_at as at,
	u.done_at,
	u.position, octet_length(u.content) as bytes
from upload as u join segmentation as s on s.nr = u.segmentation
where s.id = $1 and u.nr = $2::bigint
