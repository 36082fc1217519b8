-- The end of a mapping of definition $1 at $2: status $3 with message $4, audience version $5 in
-- effect (null: as before), $6 users and $7 devices (null: as before), due again at $8 (null: not).
-- Only from a status in $9 and for criteria $11: somebody may have stopped or changed it meanwhile.
-- When it is not due as it was ($10), somebody wants it mapped again: that stays, and what failed is
-- submitted again. Who last changed it is told anew only when its status is. It is locked before the
-- generation and its job, as in experiment_change.
-- reach: definitions
-- retry: no
-- role: owner
with locked as materialized (
	select nr from experiment where nr = $1::bigint for no key update
), generation as (
	update cache_epoch set definitions = definitions + 1
	where (select count(*) from locked) >= 0
	returning definitions
), job as (
	update audience_job
	set due_at = case when due_at is distinct from $10::timestamptz then due_at
			else $8::timestamptz end,
		worker = null, computed_at = $2::timestamptz,
		users_matched = coalesce($6::bigint, users_matched),
		devices_matched = coalesce($7::bigint, devices_matched)
	where nr = $1::bigint and (select count(*) from locked) >= 0
	returning nr, due_at is distinct from $8::timestamptz as again
), applied as (
	update experiment as e
	set status = case when $3 = 'FAILED' and job.again then 'SUBMITTED' else $3 end,
		status_msg = $4, audience_version = coalesce($5::bigint, e.audience_version),
		audience_generation = case when $5::bigint is null then e.audience_generation
			else (select definitions from generation) end,
		updated_by = case when e.status = $3 then e.updated_by else 'ExperimentDataProduct' end,
		updated_at = case when e.status = $3 then e.updated_at else $2::timestamptz end,
		job_version = e.job_version + 1
	from job
	where e.nr = job.nr and e.status = any ($9::text[])
		and e.criteria is not distinct from $11::jsonb
	returning e.nr
)
select count(*) as done from applied
