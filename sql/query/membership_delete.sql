-- Takes subject $1 out of segmentation $2: out of group $3, or out of all (null).
-- reach: subject
-- retry: no
delete from membership
where subject_id = $1 and segmentation = $2::bigint
	and ($3::bigint is null or group_nr = $3::bigint)
returning group_nr as previous
