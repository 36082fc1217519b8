-- SPDX-License-Identifier: GPL-3.0-or-later
-- Counts goal hits and visits of subjects in every experiment in which they are enrolled and which
-- records: subject who[i] hit goals[i] (null: none) times[i] times, by a page viewed at seen[i]
-- (null: by a call), and, with visits, visited. A visit counts goal 2 when it is the first or
-- comes 6 hours or more after the last one that counted; then it counts goal 1, too, unless it is
-- the first. What a subject does is left out of results if its exposure is. Hits of sessions that
-- are not confirmed yet wait for 300 s from the last of them on. Returns the ids of the
-- experiments and whether anything waits.
--
-- Enrolments are locked first, by everybody in the same order. Whatever is read afterwards stays
-- as it is: whoever writes conversions, confirms or moves a subject holds these rows. Call it once
-- in a transaction: results are locked last. Exposures are found by subject; `+ 0` keeps the
-- planner from the index by experiment, which may have millions of rows. The body repeats what
-- other functions do: a call costs more than what it would do.
create or replace function activity_record(who text[], goals bigint[], times bigint[],
	seen timestamptz[],
	visits boolean, verify boolean, now timestamptz, out ids text[], out waits boolean)
language plpgsql
as $$
declare
	subjects text[];
	experiments bigint[];
	shown integer[];
	since timestamptz[];
	last timestamptz[];
	visitors text[];
	visited bigint[];
	put_off waiting_goal[];
	changed bigint[];
begin
	ids := '{}';
	waits := false;
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
	with held as materialized (
		select h.subject_id, h.experiment, h.alternative, h.enrolled_at, h.last_seen_at, e.id,
			not verify or left(h.subject_id, 2) <> 's:' or exists (
				select from confirmed as k where k.subject_id = h.subject_id) as counts,
			coalesce((
				select x.forced from exposure as x where x.subject_id = h.subject_id
					and x.experiment + 0 = h.experiment and x.alternative = h.alternative
			), true) as forced
		from unnest(subjects, experiments, shown, since, last)
			as h (subject_id, experiment, alternative, enrolled_at, last_seen_at)
		join experiment as e on e.nr = h.experiment
		where e.status = 'ACTIVE' and e.state in (1, 3)
			and e.start_date <= (now at time zone 'UTC')::date
			and (e.end_date is null or e.end_date >= (now at time zone 'UTC')::date)
			and not exists (
				select from profile as p
				where p.subject_id = h.subject_id and p.attributes -> 'human' = 'false')
	), deed as materialized (
		select h.subject_id, h.experiment, h.alternative, h.forced, h.id, h.counts, a.goal,
			sum(a.times)::bigint as hits
		from held as h
		join unnest(who, goals, times, seen) as a (subject_id, goal, times, at)
			on a.subject_id = h.subject_id and a.goal is not null
			and (a.at is null or a.at >= date_trunc('milliseconds', h.enrolled_at))
		group by h.subject_id, h.experiment, h.alternative, h.forced, h.id, h.counts, a.goal
		union all
		select h.subject_id, h.experiment, h.alternative, h.forced, h.id, h.counts, v.goal, 1
		from held as h
		join (values (1, false), (2, true)) as v (goal, first)
			on v.first or h.last_seen_at is not null
		where visits and (h.last_seen_at is null or h.last_seen_at <= now - interval '6 hours')
	), counted as (
		insert into conversion as c (subject_id, experiment, alternative, goal, hits, forced,
			first_at, last_at)
		select d.subject_id, d.experiment, d.alternative, d.goal, d.hits, d.forced, now, now
		from deed as d where d.counts
		order by d.subject_id, d.experiment, d.alternative, d.goal
		on conflict (subject_id, experiment, alternative, goal) do update
		set hits = c.hits + excluded.hits, last_at = excluded.last_at
	)
	select coalesce(array_agg(distinct d.id), '{}'),
		array_agg(distinct d.experiment) filter (where d.counts),
		array_agg(row(d.subject_id, d.experiment, d.alternative, d.goal, d.hits, now,
			now + interval '300 seconds')::waiting_goal) filter (where not d.counts),
		array_agg(d.subject_id) filter (where d.goal = 2),
		array_agg(d.experiment) filter (where d.goal = 2)
	into ids, changed, put_off, visitors, visited
	from deed as d;
	if visitors is not null then
		update enrolment as n set last_seen_at = now
		from unnest(visitors, visited) as v (subject_id, experiment)
		where n.subject_id = v.subject_id and n.experiment = v.experiment;
	end if;
	if put_off is not null then
		waits := true;
		insert into waiting_goal as w
		select d.* from unnest(put_off) as d
		order by d.subject_id, d.experiment, d.alternative, d.goal
		on conflict (subject_id, experiment, alternative, goal) do update
		set hits = excluded.hits + case when w.expires_at > now then w.hits else 0 end,
			first_at = case when w.expires_at > now then w.first_at else now end,
			expires_at = excluded.expires_at;
		update waiting_goal set expires_at = now + interval '300 seconds'
		where subject_id in (select d.subject_id from unnest(put_off) as d) and expires_at > now;
	end if;
	if changed is not null then
		perform result_invalidate(changed);
	end if;
end
$$;

revoke execute on function activity_record from public;
grant execute on function activity_record to assay_app;
