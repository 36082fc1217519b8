-- Puts subject $1 into group $3 of segmentation $2, $4 being a group that is gone; how: $5, who:
-- $6, at $7.
-- reach: subject
-- retry: yes
-- writes: yes
select group_nr, made, previous
from membership_assign($1, $2::bigint, $3::bigint, $4::bigint, $5, $6, $7::timestamptz)
