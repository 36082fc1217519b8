-- A file of members of segmentation $1 by $2 at $3; content $4 (null: it is worked on now).
-- reach: definitions
-- retry: no
insert into upload (segmentation, created_by, created_at, content)
	values ($1::bigint, $2, $3::timestamptz, $4)
returning nr, case when content is not null then pg_notify('assay_job', '') end
