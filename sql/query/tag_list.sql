-- The tags of subject $1 in scope $2, by key.
-- reach: subject
-- retry: yes
select key, value from tag where subject_id = $1 and scope = $2 order by key
