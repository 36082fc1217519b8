-- Makes experiment $1 at $2 (today $3) because a program named it: everybody, in state default,
-- with alternatives $4, salt $5, their ids $6 and allocation weights $7; nothing when there is
-- one.
-- reach: definitions
-- retry: yes
with registered as (
	insert into id_registry (id, kind) values ($1::text, 'experiment') on conflict do nothing
), created as (
	insert into experiment (id, name, description, created_by, updated_by, created_at, updated_at,
		criteria, data, start_date, end_date, state, ended_at, alternatives, traffic, salt,
		alternative_ids, allocation_weights, status, status_msg, version, closed_at)
	values ($1::text, $1::text, 'Made when it was first named', 'auto', 'auto', $2::timestamptz,
		$2::timestamptz, null, jsonb_build_object('startDate', $3::text, 'endDate', null, 'key',
			$1::text),
		($3::text)::date, null, 0, $2::timestamptz, $4::jsonb, 100, $5, $6::jsonb, $7::jsonb,
			'ACTIVE',
		'Experiment is actively mapped', (extract(epoch from $2::timestamptz) * 1000)::bigint,
		$2::timestamptz)
	on conflict do nothing
	returning nr, allocation, allocation_weights
), new_allocation as (
	insert into allocation (experiment, nr, allocation_weights) select nr, allocation,
		allocation_weights from created
), job as (
	insert into audience_job (nr) select nr from created on conflict do nothing
), generation as (
	update cache_epoch set definitions = definitions + 1 where exists (select from created)
	returning definitions
)
select coalesce((select definitions from generation),
	(select definitions from cache_epoch)) as generation
