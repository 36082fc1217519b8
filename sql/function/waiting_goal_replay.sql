-- SPDX-License-Identifier: GPL-3.0-or-later
-- Turns waiting hits of a subject (in one experiment, or null: in all) into conversions of the
-- receiver, whose exposures are there already. They were in the windows of their goals when they
-- began to wait.
create or replace function waiting_goal_replay(waiter text, receiver text, of_experiment bigint,
	now timestamptz)
returns void
language plpgsql
set search_path from current
as $$
begin
	with waiting as materialized (
		select w.experiment, w.alternative, w.goal, w.hits, w.first_at, coalesce(x.forced, true) as forced,
			coalesce(x.allocation, 0) as allocation,
			coalesce(x.enrolled_at, x.exposed_at, n.enrolled_at) as since
		from waiting_goal as w
		join enrolment as n on n.subject_id = w.subject_id and n.experiment = w.experiment
		left join exposure as x on x.subject_id = receiver and x.experiment = w.experiment
			and x.alternative = w.alternative
		where w.subject_id = waiter and w.expires_at > now
			and (of_experiment is null or w.experiment = of_experiment)
	), windowed as materialized (
		select g.nr, g.window_to from goal as g
		where g.window_to is not null and g.nr in (select w.goal from waiting as w)
	), counted as (
		insert into conversion as c (subject_id, experiment, alternative, goal, hits, forced, allocation,
			first_at, last_at, exposed_at)
		select receiver, w.experiment, w.alternative, w.goal, w.hits, w.forced, w.allocation, w.first_at,
			now, w.since
		from waiting as w order by w.experiment, w.alternative, w.goal
		on conflict (subject_id, experiment, alternative, goal) do update
		set hits = c.hits + excluded.hits, last_at = excluded.last_at
		returning c.experiment, c.alternative, c.goal, c.hits, c.forced, c.allocation, c.exposed_at
	)
	insert into result_delta (experiment, goal, alternative, allocation, day, n, sum, squares,
		hits_from, hits_to)
	select c.experiment, c.goal, c.alternative, c.allocation,
		greatest(result_day(),
			((c.exposed_at + g.window_to * interval '1 hour') at time zone 'UTC')::date),
		(c.hits = w.hits)::integer, w.hits,
		c.hits::numeric * c.hits - (c.hits - w.hits)::numeric * (c.hits - w.hits),
		nullif(c.hits - w.hits, 0), c.hits
	from counted as c
	join waiting as w on w.experiment = c.experiment and w.alternative = c.alternative
		and w.goal = c.goal
	left join windowed as g on g.nr = c.goal
	where not c.forced;
	delete from waiting_goal
	where subject_id = waiter and (of_experiment is null or experiment = of_experiment);
end
$$;

revoke execute on function waiting_goal_replay from public;
grant execute on function waiting_goal_replay to assay_app;
