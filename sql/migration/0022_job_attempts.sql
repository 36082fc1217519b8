-- Work of the jobs that fails is tried again later and later, and stops nothing else: how often it has
-- failed in a row, and when last.
alter table upload
	add column attempts integer not null default 0,
	add column failed_at timestamptz,
	add column retry_at timestamptz;

alter table audience_job
	add column attempts integer not null default 0,
	add column failed_at timestamptz;
