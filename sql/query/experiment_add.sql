-- Creates definition $1, or replaces it when it had failed and is of version $24 (null: never); no row
-- when it exists. Wakes the job. What is replaced is locked before the generation, as other statements
-- lock it.
-- Its criteria refer to $18, which were there at generation $19 of the definitions (null: to none):
-- no row at another. It begins with status $20, message $21. $23 is
-- the layer that it is to be in, with which slots (layer_place). Versions go on from the instant, for one
-- of this id may have been deleted.
-- reach: definitions
-- retry: no
with replaced as materialized (
	select nr from experiment where id = $1 and version = $24::bigint for update
), held as (
	update cache_epoch set definitions = definitions + 1
	where definitions = $19::bigint and (select count(*) from replaced) >= 0
	returning definitions
), gate as (
	select $19::bigint as definitions where $19::bigint is null
	union all select definitions from held
), named as (
	insert into name (id, kind) select $1::text, 'experiment' from gate on conflict do nothing
), made as (
	insert into experiment as e (id, name, description, created_by, updated_by, created_at,
		updated_at, criteria, data, start_date, end_date, state, ended_at, alternatives, standard,
		goals, traffic, salt, numbers, shares, status, status_msg,
		uses, plan, layer, version)
	select $1, $2, $3, $4, 'Experiment_CREATE_API', $5::timestamptz, $5::timestamptz, $6::jsonb,
		$7::jsonb, $8::date, $9::date, $10::integer,
		case when $10::integer = 0 then $5::timestamptz end, $11::jsonb, $12, $13::jsonb,
		$14::double precision, $15, $16::jsonb, $17::jsonb, $20, $21, $18::text[], $22::jsonb,
		(select l.nr from layer as l where l.id = $23::jsonb ->> 'id'),
		(extract(epoch from $5::timestamptz) * 1000)::bigint
	from gate
	on conflict (id) do update set (name, description, created_by, updated_by, created_at,
		updated_at, criteria, data, start_date, end_date, state, ended_at, alternatives, standard,
		goals, traffic, salt, numbers, shares, split, status, status_msg, version, audience,
		uses, plan, layer) = (excluded.name,
		excluded.description, excluded.created_by, excluded.updated_by, excluded.created_at,
		excluded.updated_at, excluded.criteria, excluded.data, excluded.start_date,
		excluded.end_date, excluded.state, excluded.ended_at, excluded.alternatives,
		excluded.standard, excluded.goals, excluded.traffic, excluded.salt,
		excluded.numbers, excluded.shares, e.split + 1, excluded.status, excluded.status_msg,
		e.version + 1, 0, excluded.uses, excluded.plan, excluded.layer)
	where upper(e.status) = 'FAILED' and e.version = $24::bigint
	returning nr, split, shares
), part as (
	insert into split (experiment, nr, shares) select nr, split, shares from made
), job as (
	insert into map_job as j (nr, due_at)
	select nr, $5::timestamptz from made
	on conflict (nr) do update
	set due_at = excluded.due_at, users_matched = null, devices_matched = null
), bump as (
	update cache_epoch set definitions = definitions + 1
	where $19::bigint is null and exists (select from made)
)
select nr, pg_notify('assay_map', ''), layer_place(nr, $23::jsonb) from made
