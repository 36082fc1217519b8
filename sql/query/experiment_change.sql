-- Writes changes to definition $1 over version $2 at $3. Other criteria or another modulus are
-- mapped again; a failed one is submitted again; an end that moves forward revives (message $16),
-- and who changed while it was over is mapped too. Null criteria are in effect at once, and others
-- than those begin with that audience of everybody; what replaces criteria that are decided live begins
-- with nobody (-1), as there are no rows of who was in.
-- The criteria refer to $19, which were there at generation $20 of the definitions (null: to none): no
-- row at another. $22 is the layer that it is to be in, with which slots (layer_slot_assign); null: as it is.
-- $24 is its visibility (null: by its criteria). $23 (null: none) replaces what refers to its alternatives by names that it changes, at that
-- generation: {segmentation: {number: groups}, experiment: {number: criteria}}.
-- $25: somebody has taken part, so that another plan than before comes late, and the goal that decided
-- by then is kept.
-- mixed: somebody is enrolled by other weights than those of now.
-- Everything that changes definitions locks experiments first, those with lower numbers before others,
-- then the generation, then the rest: so no two of them wait for each other. What the update joins is
-- materialized: after waiting for another writer the server evaluates the join again, and cannot run
-- `next_generation` again for that.
-- reach: definitions
-- retry: no
with locked as materialized (
	select nr, id, allocation, criteria, data, status, plan from experiment
	where nr in (select nr from experiment where id = $1
		union all select key::bigint from jsonb_each($23::jsonb -> 'experiment'))
	order by nr for no key update
), next_generation as (
	update cache_epoch set definitions = definitions + 1
	where definitions = $20::bigint and (select count(*) from locked) >= 0
	returning definitions
), generation as materialized (
	select $20::bigint as definitions where $20::bigint is null
	union all select definitions from next_generation
), before as materialized (
	select nr, allocation, criteria is distinct from $7::jsonb
		or data -> 'modulus' is distinct from $8::jsonb -> 'modulus'
			or status = 'INACTIVE' as remap, plan is not distinct from $21::jsonb as planned
	from locked where id = $1
), changed as (
	update experiment as e
	set name = $4, description = $5, created_by = $15, updated_by = $6, criteria = $7::jsonb,
		data = $8::jsonb,
		start_date = $9::date, end_date = $10::date, alternatives = $11::jsonb,
			default_alternative = $12,
		goals = $13::jsonb, traffic = $14::double precision, alternative_ids = $17::jsonb,
			allocation_weights = $18::jsonb,
		referenced_ids = $19::text[],
		plan = $21::jsonb, visibility = $24,
		plan_at = case when b.planned then e.plan_at
			when $21::jsonb is not null then $3::timestamptz end,
		plan_valid = case when b.planned then e.plan_valid
			when $21::jsonb is not null then not $25::boolean end,
		plan_goal = case when $25::boolean then e.plan_goal
			else coalesce($13::jsonb -> 0 ->> 'name', $13::jsonb ->> 0) end,
		layer = case when $22::jsonb is null then e.layer
			else (select l.nr from layer as l where l.id = $22::jsonb ->> 'id') end,
		allocation = case when e.allocation_weights = $18::jsonb then e.allocation
			else e.allocation + 1 end,
		updated_at = $3::timestamptz, version = e.version + 1,
		audience_version = case when $7::jsonb is null then 0
			when e.criteria ->> 'type' = 'rule' or e.criteria::text ~ '"(group|tag):' then -1
			else e.audience_version end,
		status = case when b.remap and upper(e.status) = 'FAILED' then 'SUBMITTED'
			when e.status = 'INACTIVE' and $7::jsonb is not null and e.audience_version <= 0
				and coalesce($10::date >= ($3::timestamptz)::date, true) then 'SUBMITTED'
			when e.status = 'INACTIVE' and coalesce($10::date >= ($3::timestamptz)::date, true)
			then 'ACTIVE' else e.status end,
		status_msg = case when b.remap and upper(e.status) = 'FAILED'
			then 'Experiment successfully submitted'
			when e.status = 'INACTIVE' and $7::jsonb is not null and e.audience_version <= 0
				and coalesce($10::date >= ($3::timestamptz)::date, true)
			then 'Experiment successfully submitted'
			when e.status = 'INACTIVE' and coalesce($10::date >= ($3::timestamptz)::date, true)
			then $16 else e.status_msg end
	from before as b, generation
	where e.nr = b.nr and e.version = $2::bigint
	returning e.nr, e.allocation, e.allocation_weights, b.remap,
		e.allocation > b.allocation as reweighed
), renamed_rules as (
	update segmentation as s
	set groups = n.value, version = s.version + 1, updated_at = $3::timestamptz
	from jsonb_each($23::jsonb -> 'segmentation') as n
	where s.nr = n.key::bigint and exists (select from changed)
), renamed_criteria as (
	update experiment as o set criteria = n.value, version = o.version + 1
	from jsonb_each($23::jsonb -> 'experiment') as n
	where o.nr = n.key::bigint and exists (select from changed)
), new_allocation as (
	insert into allocation (experiment, nr, allocation_weights) select nr, allocation,
		allocation_weights from changed
	on conflict do nothing
), job as (
	update audience_job set due_at = $3::timestamptz where nr in (select nr from changed where remap)
), raised_generation as (
	update cache_epoch set definitions = definitions + 1
	where $20::bigint is null and exists (select from changed)
)
select nr, pg_notify('assay_job', ''), reweighed and exists (
		select from enrolment as n where n.experiment = changed.nr) as mixed,
	case when $22::jsonb is not null then layer_slot_assign(nr, $22::jsonb) end
from changed
