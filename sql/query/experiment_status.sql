-- Moves definition $1, if its status is in $2 and its version $3 (null: any), to status $4 with
-- message $5 at $6; maps it again where $7. From a stop on nobody new takes part. No row when it may not move.
-- reach: definitions
-- retry: no
with moved as (
	update experiment
	set status = case when $4 = 'ACTIVE' and audience_version <= 0 and criteria is not null
			then 'SUBMITTED' else $4 end,
		status_msg = case when $4 = 'ACTIVE' and audience_version <= 0 and criteria is not null
			then 'Experiment successfully submitted' else $5 end,
		closed_at = case when $4 = 'STOPPED' then coalesce(closed_at, $6::timestamptz)
			when status = 'STOPPED' and state = 1 then null else closed_at end,
		updated_at = $6::timestamptz, version = version + 1
	where id = $1 and status = any ($2::text[]) and ($3::bigint is null or version = $3::bigint)
	returning nr, status
), job as (
	update audience_job set due_at = $6::timestamptz
	where nr in (select nr from moved where $7::boolean or status = 'SUBMITTED')
), generation as (
	update cache_epoch set definitions = definitions + 1 where exists (select from moved)
)
select nr, pg_notify('assay_job', '') from moved
