-- The directory entry of subject $1.
-- reach: subject
-- retry: yes
select attributes, changed_at from profile where subject_id = $1
