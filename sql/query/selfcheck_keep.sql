-- Makes the self-checks that are missing if $1, at $2, with salts that begin with $3; those that are
-- there are enabled if $1, else their state is default.
-- reach: definitions
-- retry: yes
-- role: owner
with created as (
	insert into experiment (selfcheck, name, description, created_by, updated_by, created_at,
		updated_at, data, start_date, state, alternatives, alternative_ids, allocation_weights,
		traffic, salt, status, status_msg)
	select k.kind, 'Self-check', 'Two alternatives that do not differ', 'selfcheck', 'selfcheck',
		$2::timestamptz, $2::timestamptz, '{}', ($2::timestamptz at time zone 'UTC')::date, 1,
		'[{"id": 1, "name": "control", "weight": 1, "enabled": true},
			{"id": 2, "name": "x", "weight": 1, "enabled": true}]',
		'{"": 2, "control": 1, "x": 2}', '{"1": 0.5, "2": 0.5}', 100, $3::text || k.kind, 'ACTIVE',
		'Kept by the jobs'
	from (values ('user'), ('device'), ('session')) as k (kind)
	where $1::boolean and not exists (select 1 from experiment as e where e.selfcheck = k.kind)
	on conflict (selfcheck) do nothing
	returning nr, allocation, allocation_weights
), new_allocation as (
	insert into allocation (experiment, nr, allocation_weights)
	select nr, allocation, allocation_weights from created
), switched as (
	update experiment set state = $1::boolean::integer, updated_at = $2::timestamptz
	where selfcheck is not null and state <> $1::boolean::integer
	returning nr
), generation as (
	update cache_epoch set definitions = definitions + 1
	where exists (select 1 from created) or exists (select 1 from switched)
)
select (select count(*) from created) as created, (select count(*) from switched) as switched
