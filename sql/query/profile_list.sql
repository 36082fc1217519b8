-- Users of the directory whose ids begin with $1, by id, behind $2 (null: from the first), at most
-- $3. The last of them would be of 128 bytes, the most that an id has, all of them of the highest
-- character.
-- reach: all
-- retry: yes
select substr(subject_id, 3) as user_id, changed_at
from profile
where subject_id >= 'u:' || $1::text and subject_id > 'u:' || coalesce($2::text, '')
	and subject_id <= 'u:' || $1::text || repeat(chr(1114111), 32)
order by subject_id
limit $3::bigint
