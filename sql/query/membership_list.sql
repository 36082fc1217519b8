-- The members of segmentation $1 by user behind $2 (u:: from the first), in group $4 (null: any):
-- $3 of them, and all groups of the last.
-- reach: all
-- retry: yes
select substr(subject_id, 3) as user_id, group_nr, source, assigned_at as at
from membership
where segmentation = $1::bigint and subject_id > $2
	and ($4::bigint is null or group_nr = $4::bigint)
order by subject_id fetch first ($3::bigint) rows with ties
