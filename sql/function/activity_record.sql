-- SPDX-License-Identifier: GPL-3.0-or-later
-- Counts goal hits and visits of subjects in every experiment in which they are enrolled and which
-- records: subject who[i] hit goals[i] (null: none) times[i] times, by a page viewed at seen[i]
-- (null: by a call), and, with visits, visited. A visit counts goal 2 when it is the first or comes
-- 6 hours or more after the last one that counted; then it counts goal 1, too, unless it is the
-- first. A goal with a window is hit by what happens within it, counted from the enrolment. What a
-- subject does is left out of results if its exposure is. Hits of sessions that are
-- not confirmed yet wait for 300 s from the last of them on. Returns, for each subject and goal,
-- the ids of the experiments in which it was recorded, and whether it waits there; self-checks, in
-- which it is recorded, too, have no id and are not told of.
--
-- Enrolments are locked first, by everybody in the same order. Whatever is read afterwards stays as
-- it is: whoever writes conversions, confirms or moves a subject holds these rows. Exposures are
-- found by subject; `+ 0` keeps the planner from the index by experiment, which may have millions
-- of rows. The body repeats what other functions do: a call costs more than what it would do.
create or replace function activity_record(who text[], goals bigint[], times bigint[],
	seen timestamptz[], visits boolean, verify boolean, now timestamptz)
returns table (subject_id text, goal bigint, ids text[], waits boolean)
language plpgsql
as $$
#variable_conflict use_column
declare
	subjects text[];
	experiments bigint[];
	shown integer[];
	since timestamptz[];
	last timestamptz[];
	recorded record;
begin
	select array_agg(h.subject_id), array_agg(h.experiment), array_agg(h.alternative),
		array_agg(h.enrolled_at), array_agg(h.last_seen_at)
	into subjects, experiments, shown, since, last
	from (
		select n.subject_id, n.experiment, n.alternative, n.enrolled_at, n.last_seen_at
		from enrolment as n
		where n.subject_id = any (who) order by n.subject_id, n.experiment for update
	) as h;
	if subjects is null then
		return;
	end if;
	with windowed as materialized (
		select g.nr, g.window_from * interval '1 hour' as opens,
			g.window_to * interval '1 hour' as closes
		from goal as g where g.window_to is not null and g.nr = any (goals)
	), held as materialized (
		select h.subject_id, h.experiment, h.alternative, h.enrolled_at, h.last_seen_at, e.id,
			not verify or left(h.subject_id, 2) <> 's:' or exists (
				select from confirmed as k where k.subject_id = h.subject_id) as counts,
			coalesce(x.forced, true) as forced, coalesce(x.allocation, 0) as allocation,
			coalesce(x.enrolled_at, x.exposed_at, h.enrolled_at) as since
		from unnest(subjects, experiments, shown, since, last)
			as h (subject_id, experiment, alternative, enrolled_at, last_seen_at)
		join experiment as e on e.nr = h.experiment
		left join exposure as x on x.subject_id = h.subject_id
			and x.experiment + 0 = h.experiment and x.alternative + 0 = h.alternative
		where e.status = 'ACTIVE' and e.state in (1, 3)
			and e.start_date <= (now at time zone 'UTC')::date
			and (e.end_date is null or e.end_date >= (now at time zone 'UTC')::date)
			and not exists (
				select from profile as p
				where p.subject_id = h.subject_id and p.attributes -> 'human' = 'false')
	), deed as materialized (
		select h.subject_id, h.experiment, h.alternative, h.forced, h.allocation, h.id, h.counts, h.since,
			((h.since + w.closes) at time zone 'UTC')::date as ends, a.goal,
			sum(a.times)::bigint as hits
		from held as h
		join unnest(who, goals, times, seen) as a (subject_id, goal, times, at)
			on a.subject_id = h.subject_id and a.goal is not null
			and (a.at is null or a.at >= date_trunc('milliseconds', h.enrolled_at))
		left join windowed as w on w.nr = a.goal
		where w.nr is null
			or (coalesce(a.at, now) >= date_trunc('milliseconds', h.since) + w.opens
			and coalesce(a.at, now) < date_trunc('milliseconds', h.since) + w.closes)
		group by h.subject_id, h.experiment, h.alternative, h.forced, h.allocation, h.id, h.counts,
			h.since, w.closes, a.goal
		union all
		select h.subject_id, h.experiment, h.alternative, h.forced, h.allocation, h.id, h.counts,
			h.since, null, v.goal, 1
		from held as h
		join (values (1, false), (2, true)) as v (goal, first)
			on v.first or h.last_seen_at is not null
		where visits and (h.last_seen_at is null or h.last_seen_at <= now - interval '6 hours')
	), counted as (
		insert into conversion as c (subject_id, experiment, alternative, goal, hits, forced,
			allocation, first_at, last_at, exposed_at)
		select d.subject_id, d.experiment, d.alternative, d.goal, d.hits, d.forced, d.allocation,
			now, now, d.since
		from deed as d where d.counts
		order by d.subject_id, d.experiment, d.alternative, d.goal
		on conflict (subject_id, experiment, alternative, goal) do update
		set hits = c.hits + excluded.hits, last_at = excluded.last_at
		returning c.subject_id, c.experiment, c.alternative, c.goal, c.hits, c.forced, c.allocation
	), booked as (
		insert into result_delta (experiment, goal, alternative, allocation, day, n, sum,
			squares, hits_from, hits_to)
		select c.experiment, c.goal, c.alternative, c.allocation, greatest(result_day(), d.ends),
			(c.hits = d.hits)::integer, d.hits,
			c.hits::numeric * c.hits - (c.hits - d.hits)::numeric * (c.hits - d.hits),
			nullif(c.hits - d.hits, 0), c.hits
		from counted as c
		join deed as d on d.subject_id = c.subject_id and d.experiment = c.experiment
			and d.alternative = c.alternative and d.goal = c.goal
		where not c.forced
	)
	select array_agg(d.subject_id) as subjects, array_agg(d.goal) as goals, array_agg(d.id) as ids,
		array_agg(not d.counts) as waits,
		array_agg(row(d.subject_id, d.experiment, d.alternative, d.goal, d.hits, now,
			now + interval '300 seconds')::waiting_goal) filter (where not d.counts) as put_off,
		array_agg(d.subject_id) filter (where d.goal = 2) as visitors,
		array_agg(d.experiment) filter (where d.goal = 2) as visited
	into recorded
	from deed as d;
	if recorded.visitors is not null then
		update enrolment as n set last_seen_at = now
		from unnest(recorded.visitors, recorded.visited) as v (subject_id, experiment)
		where n.subject_id = v.subject_id and n.experiment = v.experiment;
	end if;
	if recorded.put_off is not null then
		insert into waiting_goal as w
		select d.* from unnest(recorded.put_off::waiting_goal[]) as d
		order by d.subject_id, d.experiment, d.alternative, d.goal
		on conflict (subject_id, experiment, alternative, goal) do update
		set hits = excluded.hits + case when w.expires_at > now then w.hits else 0 end,
			first_at = case when w.expires_at > now then w.first_at else now end,
			expires_at = excluded.expires_at;
		update waiting_goal set expires_at = now + interval '300 seconds'
		where expires_at > now and subject_id in (
			select d.subject_id from unnest(recorded.put_off::waiting_goal[]) as d);
	end if;
	return query select d.subject_id, d.goal, array_agg(d.id order by d.id), bool_or(d.waits)
	from unnest(recorded.subjects, recorded.goals, recorded.ids, recorded.waits)
		as d (subject_id, goal, id, waits)
	where d.id is not null
	group by d.subject_id, d.goal;
end
$$;

revoke execute on function activity_record from public;
grant execute on function activity_record to assay_app;
