-- The end of a mapping of definition $1 at $2: status $3 with message $4, audience version $5 in
-- effect (null: as before), $6 users and $7 devices, due again at $8 (null: not). Only from a
-- status in $9: somebody may have stopped it meanwhile.
-- reach: definitions
-- retry: no
-- role: owner
with bump as (
	update cache_epoch set definitions = definitions + 1 returning definitions
), job as (
	update map_job
	set due_at = $8::timestamptz, worker = null, mapped_at = $2::timestamptz,
		users_matched = $6::bigint, devices_matched = $7::bigint
	where nr = $1::bigint
), done as (
	update experiment
	set status = $3, status_msg = $4, audience = coalesce($5::bigint, audience),
		flipped = case when $5::bigint is null then flipped else (select definitions from bump) end,
		updated_by = 'ExperimentDataProduct', updated_at = $2::timestamptz, version = version + 1
	where nr = $1::bigint and status = any ($9::text[])
	returning nr
)
select count(*) as done from done
