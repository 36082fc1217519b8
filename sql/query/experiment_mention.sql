-- Makes experiment $1 at $2 (today $3) because a program named it: everybody, in state default, with
-- alternatives $4, salt $5, their numbers $6 and shares $7; nothing when there is one.
-- reach: definitions
-- retry: yes
with named as (
	insert into name (id, kind) values ($1::text, 'experiment') on conflict do nothing
), made as (
	insert into experiment (id, name, description, created_by, updated_by, created_at, updated_at,
		criteria, data, start_date, end_date, state, ended_at, alternatives, traffic, salt,
		numbers, shares, status, status_msg, version)
	values ($1::text, $1::text, 'Made when it was first named', 'auto', 'auto', $2::timestamptz,
		$2::timestamptz, null, jsonb_build_object('startDate', $3::text, 'endDate', null, 'key', $1::text),
		($3::text)::date, null, 0, $2::timestamptz, $4::jsonb, 100, $5, $6::jsonb, $7::jsonb, 'ACTIVE',
		'Experiment is actively mapped', (extract(epoch from $2::timestamptz) * 1000)::bigint)
	on conflict do nothing
	returning nr, split, shares
), part as (
	insert into split (experiment, nr, shares) select nr, split, shares from made
), job as (
	insert into map_job (nr) select nr from made on conflict do nothing
), bump as (
	update cache_epoch set definitions = definitions + 1 where exists (select from made)
	returning definitions
)
select coalesce((select definitions from bump), (select definitions from cache_epoch)) as generation
