-- Keeps the counts $3 of experiment $1, if nobody has written since result version $2 was given;
-- does not wait for one who is writing.
-- reach: definitions
-- retry: yes
update result set data = $3::jsonb
where experiment = $1::bigint and result_version = $2::bigint and experiment in (
	select experiment from result where experiment = $1::bigint for update skip locked
)
