-- The directory entry of subject $1 as a record of an export.
-- reach: subject
-- retry: yes
select 'profile' as record, changed_at as timestamp, attributes from profile where subject_id = $1
