-- Inside a transaction that is rolled back: experiment $1 for everybody, enabled, with salt $2, from
-- $3 on, of alternatives $5, numbered as $6 says, with allocation weights $7; and goal $4, with a
-- window from $8 to $9 hours (null: none). $10 is its plan, which decides (null: none).
-- reach: definitions
-- retry: no
with registered as (
	insert into id_registry (id, kind) values ($1::text, 'experiment')
), created as (
	insert into experiment (id, name, description, created_by, updated_by, created_at, updated_at,
		criteria, data, start_date, state, alternatives, goals, traffic, salt, alternative_ids,
		allocation_weights, status, status_msg, plan, plan_at, plan_valid, plan_goal)
	values ($1::text, $1::text, 'A simulation', 'simulate', 'simulate', $3::timestamptz,
		$3::timestamptz, null, '{}', ($3::timestamptz at time zone 'UTC')::date, 1, $5::jsonb,
		jsonb_build_array($4::text), 100, $2::text, $6::jsonb, $7::jsonb, 'ACTIVE', '',
		$10::jsonb, $3::timestamptz, $10::jsonb is not null, $4::text)
	returning nr, allocation, allocation_weights
), new_allocation as (
	insert into allocation (experiment, nr, allocation_weights) select nr, allocation,
		allocation_weights from created
), new_goal as (
	insert into goal (name, test, description, created_at, window_from, window_to)
	values ($4::text, 'chi2', 'A simulation', $3::timestamptz, $8::integer, $9::integer)
), new_window as (
	insert into result_window (experiment, hours, added_at, built_at)
	select nr, $9::integer, $3::timestamptz, $3::timestamptz from created
	where $9::integer is not null
)
select nr from created
