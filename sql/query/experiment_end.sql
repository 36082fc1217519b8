-- Definitions of status $1 whose last day was before $2 (now) go to status $3 with message $4.
-- Self-checks have no last day.
-- reach: definitions
-- retry: no
-- role: owner
with ended as (
	update experiment
	set status = $3, status_msg = $4, updated_at = $2::timestamptz,
		job_version = job_version + 1
	where status = any ($1::text[]) and end_date < ($2::timestamptz at time zone 'UTC')::date
	returning nr
), generation as (
	update cache_epoch set definitions = definitions + 1 where exists (select from ended)
)
select count(*) as ended from ended
