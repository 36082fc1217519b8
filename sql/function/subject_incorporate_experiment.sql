-- SPDX-License-Identifier: GPL-3.0-or-later
-- Gives the receiver what a session did in one experiment.
create or replace function subject_incorporate_experiment(session text, receiver text,
	of_experiment bigint, now timestamptz)
returns void
language plpgsql
set search_path from current
as $$
begin
	with moved as (
		insert into exposure as x (subject_id, experiment, alternative, allocation, forced,
			earlier_exposures, exposed_at, manual, enrolled_at)
		select receiver, o.experiment, o.alternative, o.allocation, o.forced, o.earlier_exposures,
			o.exposed_at, o.manual, o.enrolled_at
		from exposure as o where o.subject_id = session and o.experiment = of_experiment
		on conflict do nothing
		returning x.alternative, x.allocation, x.forced, x.earlier_exposures, x.manual,
			coalesce(x.enrolled_at, x.exposed_at) as since
	), population as materialized (
		select 0 as goal, null::integer as hours
		union all
		select -w.hours, w.hours from result_window as w where w.experiment = of_experiment
	)
	insert into result_delta (experiment, goal, alternative, allocation, day, n, multiple,
		placed, forced)
	select of_experiment, p.goal, m.alternative, m.allocation,
		greatest(result_day(), ((m.since + p.hours * interval '1 hour') at time zone 'UTC')::date),
		(not m.forced)::integer,
		(p.goal = 0 and not m.forced and m.earlier_exposures = 1)::integer,
		(p.goal = 0 and not m.forced and m.manual)::integer, m.forced::integer
	from moved as m join population as p on p.goal = 0 or not m.forced;
	perform exposure_confirm(receiver, of_experiment, now);
	with moved as (
		insert into conversion as c (subject_id, experiment, alternative, goal, hits, forced, allocation,
			first_at, last_at, exposed_at)
		select receiver, o.experiment, o.alternative, o.goal, o.hits, o.forced, o.allocation,
			o.first_at, o.last_at, o.exposed_at
		from conversion as o where o.subject_id = session and o.experiment = of_experiment
		on conflict do nothing
		returning c.alternative, c.goal, c.hits, c.forced, c.allocation, c.exposed_at
	), windowed as materialized (
		select g.nr, g.window_to from goal as g
		where g.window_to is not null and g.nr in (select m.goal from moved as m)
	)
	insert into result_delta (experiment, goal, alternative, allocation, day, n, sum,
		squares, hits_to)
	select of_experiment, m.goal, m.alternative, m.allocation,
		greatest(result_day(),
			((m.exposed_at + w.window_to * interval '1 hour') at time zone 'UTC')::date),
		1, m.hits, m.hits::numeric * m.hits, m.hits
	from moved as m left join windowed as w on w.nr = m.goal where not m.forced;
	perform waiting_goal_replay(session, receiver, of_experiment, now);
end
$$;

revoke execute on function subject_incorporate_experiment from public;
grant execute on function subject_incorporate_experiment to assay_app;
