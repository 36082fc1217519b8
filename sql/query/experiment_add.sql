-- Creates definition $1, or replaces it when it had failed and is of version $24 (null: never); no
-- row when it exists. Wakes the job. What is replaced is locked before the generation, as other
-- statements lock it. Its criteria refer to $18, which were there at generation $19 of the
-- definitions (null: to none): no row at another. It begins with status $20, message $21. $23 is
-- the layer that it is to be in, with which slots (layer_slot_assign), $25 its visibility (null: by
-- its criteria). Versions go on from the instant, for one of this id may have been deleted. $26:
-- somebody has taken part in what is replaced, so that its plan comes late.
-- reach: definitions
-- retry: no
with replaced as materialized (
	select nr from experiment where id = $1 and version = $24::bigint for update
), next_generation as (
	update cache_epoch set definitions = definitions + 1
	where definitions = $19::bigint and (select count(*) from replaced) >= 0
	returning definitions
), generation as (
	select $19::bigint as definitions where $19::bigint is null
	union all select definitions from next_generation
), registered as (
	insert into id_registry (id, kind) select $1::text, 'experiment' from generation
		on conflict do nothing
), upserted as (
	insert into experiment as e (id, name, description, created_by, updated_by, created_at,
		updated_at, criteria, data, start_date, end_date, state, ended_at, alternatives,
			default_alternative,
		goals, traffic, salt, alternative_ids, allocation_weights, status, status_msg,
		referenced_ids, plan, plan_at, plan_valid, plan_goal, closed_at, layer, visibility, version)
	select $1, $2, $3, $4, 'Experiment_CREATE_API', $5::timestamptz, $5::timestamptz, $6::jsonb,
		$7::jsonb, $8::date, $9::date, $10::integer,
		case when $10::integer = 0 then $5::timestamptz end, $11::jsonb, $12, $13::jsonb,
		$14::double precision, $15, $16::jsonb, $17::jsonb, $20, $21, $18::text[], $22::jsonb,
		case when $22::jsonb is not null then $5::timestamptz end,
		case when $22::jsonb is not null then not $26::boolean end,
		coalesce($13::jsonb -> 0 ->> 'name', $13::jsonb ->> 0),
		case when $10::integer <> 1 then $5::timestamptz end,
		(select l.nr from layer as l where l.id = $23::jsonb ->> 'id'), $25,
		(extract(epoch from $5::timestamptz) * 1000)::bigint
	from generation
	on conflict (id) do update set (name, description, created_by, updated_by, created_at,
		updated_at, criteria, data, start_date, end_date, state, ended_at, alternatives,
			default_alternative,
		goals, traffic, salt, alternative_ids, allocation_weights, allocation, status, status_msg,
			version, audience_version,
		referenced_ids, plan, plan_at, plan_valid, plan_goal, closed_at, layer, visibility) = (
			excluded.name,
		excluded.description, excluded.created_by, excluded.updated_by, excluded.created_at,
		excluded.updated_at, excluded.criteria, excluded.data, excluded.start_date,
		excluded.end_date, excluded.state, excluded.ended_at, excluded.alternatives,
		excluded.default_alternative, excluded.goals, excluded.traffic, excluded.salt,
		excluded.alternative_ids, excluded.allocation_weights, e.allocation + 1, excluded.status,
			excluded.status_msg,
		e.version + 1, 0, excluded.referenced_ids, excluded.plan, excluded.plan_at,
		excluded.plan_valid, excluded.plan_goal, excluded.closed_at, excluded.layer,
			excluded.visibility)
	where upper(e.status) = 'FAILED' and e.version = $24::bigint
	returning nr, allocation, allocation_weights
), new_allocation as (
	insert into allocation (experiment, nr, allocation_weights) select nr, allocation,
		allocation_weights from upserted
), job as (
	insert into audience_job as j (nr, due_at)
	select nr, $5::timestamptz from upserted
	on conflict (nr) do update
	set due_at = excluded.due_at, users_matched = null, devices_matched = null
), raised_generation as (
	update cache_epoch set definitions = definitions + 1
	where $19::bigint is null and exists (select from upserted)
)
select nr, pg_notify('assay_job', ''), layer_slot_assign(nr, $23::jsonb) from upserted
