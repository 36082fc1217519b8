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
			earlier_exposures, exposed_at, manual)
		select receiver, o.experiment, o.alternative, o.allocation, o.forced, o.earlier_exposures,
			o.exposed_at, o.manual
		from exposure as o where o.subject_id = session and o.experiment = of_experiment
		on conflict do nothing
		returning x.alternative, x.allocation, x.forced, x.earlier_exposures, x.manual
	)
	insert into result_delta (experiment, goal, alternative, allocation, day, n, multiple,
		placed, forced)
	select of_experiment, 0, m.alternative, m.allocation, result_day(),
		(not m.forced)::integer, (not m.forced and m.earlier_exposures = 1)::integer,
		(not m.forced and m.manual)::integer, m.forced::integer
	from moved as m;
	perform exposure_add(receiver, n.experiment, n.alternative, n.allocation, n.source, now)
	from enrolment as n where n.subject_id = receiver and n.experiment = of_experiment;
	with moved as (
		insert into conversion as c (subject_id, experiment, alternative, goal, hits, forced, allocation,
			first_at, last_at)
		select receiver, o.experiment, o.alternative, o.goal, o.hits, o.forced, o.allocation,
			o.first_at, o.last_at
		from conversion as o where o.subject_id = session and o.experiment = of_experiment
		on conflict do nothing
		returning c.alternative, c.goal, c.hits, c.forced, c.allocation
	)
	insert into result_delta (experiment, goal, alternative, allocation, day, n, sum,
		squares, hits_to)
	select of_experiment, m.goal, m.alternative, m.allocation, result_day(), 1, m.hits,
		m.hits::numeric * m.hits, m.hits
	from moved as m where not m.forced;
	perform waiting_goal_replay(session, receiver, of_experiment, now);
end
$$;

revoke execute on function subject_incorporate_experiment from public;
grant execute on function subject_incorporate_experiment to assay_app;
