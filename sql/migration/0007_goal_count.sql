-- How goals and visits are counted, without a lost update.

-- Adds hits of a goal to a subject's rows in one experiment, left out of results if the exposure is;
-- of who does not count yet they wait, 300 s from the last one on.
create function conversion_add(subject text, in_experiment bigint, shown integer, of_goal bigint,
	times bigint, counts boolean, now timestamptz)
returns void
language plpgsql
set search_path from current
as $$
begin
	if counts then
		insert into conversion as c (subject_id, experiment, alternative, goal, hits, forced,
			first_at, last_at)
		select subject, in_experiment, shown, of_goal, times, coalesce(bool_or(x.forced), true),
			now, now
		from exposure as x
		where x.subject_id = subject and x.experiment = in_experiment and x.alternative = shown
		on conflict (subject_id, experiment, alternative, goal) do update
		set hits = c.hits + excluded.hits, last_at = excluded.last_at;
		return;
	end if;
	delete from waiting_goal where subject_id = subject and expires_at <= now;
	insert into waiting_goal as w (subject_id, experiment, alternative, goal, hits, first_at,
		expires_at)
	values (subject, in_experiment, shown, of_goal, times, now, now + interval '300 seconds')
	on conflict (subject_id, experiment, alternative, goal) do update
	set hits = w.hits + excluded.hits;
	update waiting_goal set expires_at = now + interval '300 seconds' where subject_id = subject;
end
$$;

-- Whether an experiment records what its subjects do.
create function experiment_records(status text, state integer, start_date date, end_date date,
	now timestamptz)
returns boolean
language plpgsql immutable
set search_path from current
as $$
begin
	return status = 'ACTIVE' and state in (1, 3)
		and start_date <= (now at time zone 'UTC')::date
		and (end_date is null or end_date >= (now at time zone 'UTC')::date);
end
$$;

-- Counts a goal, hit by a page seen at seen_at (null: by a call), in all experiments in which the
-- subject is enrolled and which record; answers their numbers. Results are stale by it: their rows
-- come last in a transaction, after those of all its subjects, or two batches wait in a circle.
create function goal_count(subject text, of_goal bigint, times bigint, seen_at timestamptz,
	counts boolean, now timestamptz)
returns bigint[]
language plpgsql
set search_path from current
as $$
declare
	row record;
	changed bigint[] := '{}';
begin
	for row in
		select n.experiment, n.alternative
		from enrolment as n join experiment as e on e.nr = n.experiment
		where n.subject_id = subject
			and experiment_records(e.status, e.state, e.start_date, e.end_date, now)
			and (seen_at is null or seen_at >= date_trunc('milliseconds', n.enrolled_at))
		order by n.experiment
		for update of n
	loop
		perform conversion_add(subject, row.experiment, row.alternative, of_goal, times, counts,
			now);
		changed := changed || row.experiment;
	end loop;
	return changed;
end
$$;

create function subject_is_bot(subject text)
returns boolean
language plpgsql stable
set search_path from current
as $$
begin
	return exists (
		select from profile where subject_id = subject and attributes -> 'human' = 'false');
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
	counts boolean;
	changed bigint[];
begin
	ids := '{}';
	duplicate := false;
	waits := false;
	select nr into of_goal from goal where name = goal_name and retired_at is null and nr >= 100;
	known := found;
	if not known or times = 0 or subject_is_bot(subject) then
		return;
	end if;
	if left(subject, 2) = 's:' then
		perform subject_hold(subject);
	end if;
	if event is not null then
		insert into goal_event (subject_id, event_id, at) values (subject, event, now)
		on conflict do nothing;
		duplicate := not found;
	end if;
	if not duplicate then
		counts := subject_counts(subject, verify);
		changed := goal_count(subject, of_goal, times, null, counts, now);
		ids := array(select e.id from experiment as e where e.nr = any (changed) order by e.nr);
		waits := not counts and changed <> '{}';
		if counts and changed <> '{}' then
			perform result_stale(changed);
		end if;
	end if;
end
$$;

-- A visit drives the two retention goals: 2 at the first and at every one 6 hours or more after the
-- last that counted, 1 at the latter only. Answers the numbers of the experiments, as goal_count.
create function visit_count(subject text, counts boolean, now timestamptz)
returns bigint[]
language plpgsql
set search_path from current
as $$
declare
	row record;
	changed bigint[] := '{}';
begin
	if not exists (
		select from enrolment where subject_id = subject
			and (last_seen is null or last_seen <= now - interval '6 hours')
	) or subject_is_bot(subject) then
		return changed;
	end if;
	for row in
		select n.experiment, n.alternative, n.last_seen
		from enrolment as n join experiment as e on e.nr = n.experiment
		where n.subject_id = subject
			and experiment_records(e.status, e.state, e.start_date, e.end_date, now)
			and (n.last_seen is null or n.last_seen <= now - interval '6 hours')
		order by n.experiment
		for update of n
	loop
		update enrolment set last_seen = now
		where subject_id = subject and experiment = row.experiment;
		perform conversion_add(subject, row.experiment, row.alternative, 2, 1, counts, now);
		if row.last_seen is not null then
			perform conversion_add(subject, row.experiment, row.alternative, 1, 1, counts, now);
		end if;
		changed := changed || row.experiment;
	end loop;
	return changed;
end
$$;

create function visit(subject text, verify boolean, now timestamptz)
returns void
language plpgsql
set search_path from current
as $$
declare
	counts boolean;
	changed bigint[];
begin
	if left(subject, 2) = 's:' then
		perform subject_hold(subject);
	end if;
	counts := subject_counts(subject, verify);
	changed := visit_count(subject, counts, now);
	if counts and changed <> '{}' then
		perform result_stale(changed);
	end if;
end
$$;

-- What page views mean to experiments: the subjects have visited, and pages hit goals. Views are
-- those that were stored just now, in order of subject.
create function page_view_counts(subjects text[], ats timestamptz[], names text[], verify boolean,
	now timestamptz)
returns void
language plpgsql
set search_path from current
as $$
declare
	row record;
	last text := '';
	counts boolean;
	hit bigint[];
	changed bigint[] := '{}';
begin
	for row in
		select v.subject_id, v.at, g.nr as goal
		from unnest(subjects, ats, names) as v (subject_id, at, name)
		left join goal as g on g.page = v.name and g.retired_at is null
		where exists (select from enrolment as n where n.subject_id = v.subject_id)
		order by v.subject_id, v.at, g.nr
	loop
		if row.subject_id <> last then
			last := row.subject_id;
			if left(last, 2) = 's:' then
				perform subject_hold(last);
			end if;
			counts := subject_counts(last, verify);
			hit := visit_count(last, counts, now);
			changed := changed || case when counts then hit end;
		end if;
		if row.goal is not null and not subject_is_bot(last) then
			hit := goal_count(last, row.goal, 1, row.at, counts, now);
			changed := changed || case when counts then hit end;
		end if;
	end loop;
	if changed <> '{}' then
		perform result_stale(changed);
	end if;
end
$$;

revoke execute on function conversion_add, experiment_records, goal_count, subject_is_bot,
	goal_hit, visit_count, visit, page_view_counts from public;
grant execute on function conversion_add, experiment_records, goal_count, subject_is_bot,
	goal_hit, visit_count, visit, page_view_counts to assay_app;
