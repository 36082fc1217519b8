-- SPDX-License-Identifier: GPL-3.0-or-later
-- Records hits of a goal by its name. known: there is such a goal. A hit with an event counts once
-- for each goal, and one that counts nowhere does not use up the event. The subject is locked from
-- the look for the event until the transaction ends.
--
-- What counts is written as activity_record writes it, but in a loop of small statements: for one
-- subject, to start its large ones takes longer than to run these. Exposures can be read together
-- with the enrolments, since whoever writes exposures holds the subject.
create or replace function goal_hit(subject text, goal_name text, times bigint, event text,
	verify boolean,
	now timestamptz, out known boolean, out duplicate boolean, out waits boolean, out ids text[])
language plpgsql
set search_path from current
as $$
declare
	reached record;
	counts boolean := not verify or left(subject, 2) <> 's:';
	today date := result_day();
	held record;
	ends date;
begin
	ids := '{}';
	duplicate := false;
	waits := false;
	-- As subject_lock and subject_is_bot do; an expression, never null, costs less than a statement.
	if pg_advisory_xact_lock(lock_class('subject'), hashtext(subject)) is null then
		return;
	end if;
	select g.nr, g.window_from * interval '1 hour' as opens, g.window_to * interval '1 hour' as closes
	into reached
	from goal as g where g.name = goal_name and g.retired_at is null and g.nr >= 100;
	known := found;
	if not known or times = 0 or exists (
		select 1 from profile as p
		where p.subject_id = subject and p.attributes -> 'human' = 'false')
	then
		return;
	end if;
	if event is not null then
		duplicate := exists (
			select 1 from goal_event as e where e.subject_id = subject and e.event_id = event
				and e.goal in (reached.nr, 0));
		if duplicate then
			return;
		end if;
	end if;
	if not counts and not exists (select 1 from confirmed where subject_id = subject) then
		select coalesce(a.ids, '{}'), coalesce(a.waits, false) into ids, waits
		from (values (subject)) as s (subject_id)
		left join activity_record(array[subject], array[reached.nr], array[times],
			array[null::timestamptz], false, verify, now) as a on a.subject_id = s.subject_id;
	else
		for held in
			with mine as materialized (
				select n.experiment, n.alternative, coalesce(x.forced, true) as forced,
					coalesce(x.allocation, 0) as allocation,
					coalesce(x.enrolled_at, x.exposed_at, n.enrolled_at) as since
				from enrolment as n
				left join exposure as x on x.subject_id = n.subject_id
					and x.experiment + 0 = n.experiment and x.alternative + 0 = n.alternative
				where n.subject_id = subject
				order by n.experiment for update of n
			)
			select m.*, e.id from mine as m join experiment as e on e.nr = m.experiment
			where e.status = 'ACTIVE' and e.state in (1, 3)
				and e.start_date <= (now at time zone 'UTC')::date
				and (e.end_date is null or e.end_date >= (now at time zone 'UTC')::date)
		loop
			if reached.closes is not null then
				continue when now < date_trunc('milliseconds', held.since) + reached.opens
					or now >= date_trunc('milliseconds', held.since) + reached.closes;
				ends := (held.since + reached.closes) at time zone 'UTC';
			end if;
			-- Nobody is told of a self-check, which has no id.
			if held.id is not null then
				ids := ids || held.id;
			end if;
			with counted as (
				insert into conversion as c (subject_id, experiment, alternative, goal, hits, forced,
					allocation, first_at, last_at, exposed_at)
				values (subject, held.experiment, held.alternative, reached.nr, times, held.forced,
					held.allocation, now, now, held.since)
				on conflict (subject_id, experiment, alternative, goal) do update
				set hits = c.hits + excluded.hits, last_at = excluded.last_at
				returning c.hits, c.forced, c.allocation
			)
			insert into result_delta (experiment, goal, alternative, allocation, day, n, sum,
				squares, hits_from, hits_to)
			select held.experiment, reached.nr, held.alternative, c.allocation, greatest(today, ends),
				(c.hits = times)::integer, times, times::numeric * (2 * c.hits::numeric - times),
				nullif(c.hits - times, 0), c.hits
			from counted as c
			where not c.forced;
		end loop;
		if cardinality(ids) > 1 then
			ids := array(select u.id from unnest(ids) as u (id) order by u.id);
		end if;
	end if;
	if event is not null and ids <> '{}' then
		insert into goal_event (subject_id, goal, event_id, recorded_at)
		values (subject, reached.nr, event, now);
	end if;
end
$$;

revoke execute on function goal_hit from public;
grant execute on function goal_hit to assay_app;
