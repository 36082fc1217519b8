-- Work of the jobs that has failed and is tried again: how many files of members and mappings.
-- reach: definitions
-- retry: yes
-- role: owner
select (select count(*) from upload where done_at is null and failed_at is not null) as files,
	(select count(*) from audience_job where failed_at is not null) as mappings
