-- How goals and visits are counted, without a lost update.

create function subject_is_bot(subject text)
returns boolean
language plpgsql stable
as $$
begin
	return exists (
		select from profile where subject_id = subject and attributes -> 'human' = 'false');
end
$$;

-- Counts what subjects did in all experiments in which they are enrolled and which record: who[i]
-- hit goals[i] (null: none) so many times by a page seen at seen[i] (null: by a call), and visited.
-- A visit counts goal 2 when it is the first or comes 6 hours or more after the last that counted,
-- and then goal 1, too. What is done is left out of results if the exposure is. Of who does not
-- count yet all waits, 300 s from the last on. Answers the experiments' ids and whether anything waits.
-- First the enrolments are locked, in one order by everybody. What is read afterwards stays so:
-- whoever writes conversions, confirms or moves a subject holds these rows. Called once in a
-- transaction: the results are the last to be locked. Exposures are found by their subject; + 0 keeps
-- the index of the experiment, which has millions, out of it. What others have functions for stands
-- here as it is: a function costs more than what it does.
create function activity_record(who text[], goals bigint[], times bigint[], seen timestamptz[],
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

-- A hit of a goal by name. known: there is such a goal. With an event it counts once.
create function goal_hit(subject text, goal_name text, times bigint, event text, verify boolean,
	now timestamptz, out known boolean, out duplicate boolean, out waits boolean, out ids text[])
language plpgsql
set search_path from current
as $$
declare
	of_goal bigint;
	is_bot boolean;
begin
	ids := '{}';
	duplicate := false;
	waits := false;
	select nr, exists (
		select from profile where subject_id = subject and attributes -> 'human' = 'false')
	into of_goal, is_bot
	from goal where name = goal_name and retired_at is null and nr >= 100;
	known := found;
	if not known or times = 0 or is_bot then
		return;
	end if;
	-- As subject_lock does.
	perform pg_advisory_xact_lock(4702114, hashtext(subject));
	if event is not null then
		insert into goal_event (subject_id, event_id, recorded_at) values (subject, event, now)
		on conflict do nothing;
		duplicate := not found;
	end if;
	if not duplicate then
		select a.ids, a.waits into ids, waits
		from activity_record(array[subject], array[of_goal], array[times],
			array[null::timestamptz], false, verify, now) as a;
	end if;
end
$$;

create function visit_record(subject text, verify boolean, now timestamptz)
returns void
language plpgsql
set search_path from current
as $$
begin
	if exists (
		select from enrolment where subject_id = subject
			and (last_seen_at is null or last_seen_at <= now - interval '6 hours')
	) then
		perform subject_lock(subject);
		perform activity_record(array[subject], array[null::bigint], array[0::bigint],
			array[null::timestamptz], true, verify, now);
	end if;
end
$$;

-- What page views mean to experiments: the subjects have visited, and pages hit goals. Views are
-- those that were stored just now.
create function page_view_activity(subjects text[], ats timestamptz[], names text[], verify boolean,
	now timestamptz)
returns void
language plpgsql
set search_path from current
as $$
declare
	who text[];
	goals bigint[];
	seen timestamptz[];
begin
	select array_agg(v.subject_id), array_agg(g.nr), array_agg(v.at) into who, goals, seen
	from unnest(subjects, ats, names) as v (subject_id, at, name)
	left join goal as g on g.page = v.name and g.retired_at is null
	where g.nr is not null or exists (
		select from enrolment as n where n.subject_id = v.subject_id
			and (n.last_seen_at is null or n.last_seen_at <= now - interval '6 hours'));
	if who is not null then
		perform activity_record(who, goals, array_fill(1::bigint, array[cardinality(who)]), seen,
			true, verify, now);
	end if;
end
$$;

revoke execute on function activity_record, subject_is_bot, goal_hit, visit_record,
	page_view_activity from public;
grant execute on function activity_record, subject_is_bot, goal_hit, visit_record,
	page_view_activity to assay_app;
