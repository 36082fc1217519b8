-- The users enrolled in experiment $1, as members of its alternatives, behind $2 (u:: from the
-- first), at most $3; in alternative $4 (null: any).
-- reach: all
-- retry: yes
select substr(subject_id, 3) as user_id, alternative as group_nr, source, enrolled_at as at
from enrolment
where experiment = $1::bigint and subject_id > $2 and subject_id < 'u;'
	and ($4::bigint is null or alternative = $4::bigint)
order by subject_id limit $3::bigint
