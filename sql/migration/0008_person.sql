-- Sessions become humans and users, and users are forgotten.

-- Turns what waits of one subject (in one experiment, or null: all) into rows of another or itself,
-- whose exposures are there already.
create function waiting_goal_replay(waiter text, receiver text, of_experiment bigint, now timestamptz)
returns void
language plpgsql
set search_path from current
as $$
begin
	insert into conversion as c (subject_id, experiment, alternative, goal, hits, forced, first_at,
		last_at)
	select receiver, w.experiment, w.alternative, w.goal, w.hits, coalesce(x.forced, true),
		w.first_at, now
	from waiting_goal as w
	join enrolment as n on n.subject_id = w.subject_id and n.experiment = w.experiment
	left join exposure as x on x.subject_id = receiver and x.experiment = w.experiment
		and x.alternative = w.alternative
	where w.subject_id = waiter and w.expires_at > now
		and (of_experiment is null or w.experiment = of_experiment)
	order by w.experiment, w.alternative, w.goal
	on conflict (subject_id, experiment, alternative, goal) do update
	set hits = c.hits + excluded.hits, last_at = excluded.last_at;
	delete from waiting_goal
	where subject_id = waiter and (of_experiment is null or experiment = of_experiment);
end
$$;

-- A session has turned out to be human: it counts from now on, and what waited counts, too.
create function subject_confirm(subject text, now timestamptz)
returns void
language plpgsql
set search_path from current
as $$
declare
	row record;
	changed bigint[] := '{}';
begin
	perform subject_lock(subject);
	insert into confirmed (subject_id, confirmed_at) values (subject, now) on conflict do nothing;
	if not found then
		return;
	end if;
	for row in
		select n.experiment, n.alternative, n.allocation, n.source from enrolment as n
		where n.subject_id = subject order by n.experiment for update
	loop
		perform exposure_add(subject, row.experiment, row.alternative, row.allocation,
			row.source = 'forced', now);
		changed := changed || row.experiment;
	end loop;
	perform waiting_goal_replay(subject, subject, null, now);
	if changed <> '{}' then
		perform result_invalidate(changed);
	end if;
end
$$;

-- Gives the receiver what a session did in one experiment.
create function subject_incorporate_experiment(session text, receiver text, of_experiment bigint, now timestamptz)
returns void
language plpgsql
set search_path from current
as $$
begin
	insert into exposure (subject_id, experiment, alternative, allocation, forced, earlier_exposures, exposed_at)
	select receiver, x.experiment, x.alternative, x.allocation, x.forced, x.earlier_exposures, x.exposed_at
	from exposure as x where x.subject_id = session and x.experiment = of_experiment
	on conflict do nothing;
	perform exposure_add(receiver, n.experiment, n.alternative, n.allocation, n.source = 'forced', now)
	from enrolment as n where n.subject_id = receiver and n.experiment = of_experiment;
	insert into conversion (subject_id, experiment, alternative, goal, hits, forced, first_at,
		last_at)
	select receiver, c.experiment, c.alternative, c.goal, c.hits, c.forced, c.first_at, c.last_at
	from conversion as c where c.subject_id = session and c.experiment = of_experiment
	on conflict do nothing;
	perform waiting_goal_replay(session, receiver, of_experiment, now);
end
$$;

-- A session has turned out to be a user: what only the session was enrolled in moves, where the user
-- is enrolled the session's data is dropped, as all of it is for a user who is no human. Nothing of
-- the session is left. Page views move when the enrolments are held: those that counted are here then.
create function subject_incorporate(session text, receiver text, now timestamptz, out moved bigint,
	out dropped bigint, out page_views bigint)
language plpgsql
set search_path from current
as $$
declare
	row record;
	changed bigint[] := '{}';
	is_bot boolean := subject_is_bot(receiver);
begin
	perform subject_lock(case when hashtext(session) < hashtext(receiver) then session
		else receiver end);
	perform subject_lock(case when hashtext(session) < hashtext(receiver) then receiver
		else session end);
	moved := 0;
	dropped := 0;
	for row in
		select n.* from enrolment as n
		where n.subject_id = session order by n.experiment for update
	loop
		changed := changed || row.experiment;
		insert into enrolment (subject_id, experiment, alternative, allocation, source, enrolled_at,
			last_seen_at)
		select receiver, row.experiment, row.alternative, row.allocation, row.source, row.enrolled_at,
			row.last_seen_at
		where not is_bot
		on conflict do nothing;
		if found then
			moved := moved + 1;
			perform subject_incorporate_experiment(session, receiver, row.experiment, now);
		else
			dropped := dropped + 1;
		end if;
	end loop;
	insert into page_view (subject_id, viewed_at, name, url, referrer)
	select receiver, v.viewed_at, v.name, v.url, v.referrer
	from page_view as v where v.subject_id = session order by v.viewed_at
	on conflict do nothing;
	get diagnostics page_views = row_count;
	delete from page_view where subject_id = session;
	insert into goal_event (subject_id, event_id, recorded_at)
	select receiver, g.event_id, g.recorded_at from goal_event as g
	where g.subject_id = session and not is_bot
	on conflict do nothing;
	delete from enrolment where subject_id = session;
	delete from exposure where subject_id = session;
	delete from conversion where subject_id = session;
	delete from waiting_goal where subject_id = session;
	delete from confirmed where subject_id = session;
	delete from goal_event where subject_id = session;
	if changed <> '{}' then
		perform result_invalidate(changed);
	end if;
end
$$;

-- Erases a subject everywhere and tells how many rows of each kind are gone.
create function subject_erase(subject text, out page_views bigint, out enrollments bigint,
	out exposures bigint, out conversions bigint, out waiting_goals bigint, out goal_events bigint,
	out profile bigint, out audiences bigint, out memberships bigint, out tags bigint,
	out preassignments bigint, out upload_rows bigint)
language plpgsql
set search_path from current
as $$
declare
	changed bigint[];
begin
	perform subject_lock(subject);
	select u.preassignments, u.upload_rows into preassignments, upload_rows
	from upload_forget(subject) as u;
	perform audit_forget(subject);
	delete from membership where subject_id = subject;
	get diagnostics memberships = row_count;
	delete from tag where subject_id = subject;
	get diagnostics tags = row_count;
	select l.profiles, l.audiences into profile, audiences from audience_erase_subject(subject) as l;
	perform from enrolment as n where n.subject_id = subject order by n.experiment for update;
	changed := array(select x.experiment from enrolment as x where x.subject_id = subject
		union select x.experiment from exposure as x where x.subject_id = subject
		order by 1);
	delete from enrolment where subject_id = subject;
	get diagnostics enrollments = row_count;
	delete from exposure where subject_id = subject;
	get diagnostics exposures = row_count;
	delete from conversion where subject_id = subject;
	get diagnostics conversions = row_count;
	delete from waiting_goal where subject_id = subject;
	get diagnostics waiting_goals = row_count;
	delete from goal_event where subject_id = subject;
	get diagnostics goal_events = row_count;
	delete from confirmed where subject_id = subject;
	delete from page_view where subject_id = subject;
	get diagnostics page_views = row_count;
	if changed <> '{}' then
		perform result_invalidate(changed);
	end if;
end
$$;

-- Lets go of rows of experiments that there are no more: most at a time from each table, and none for
-- which it would wait. The allocations, which tell that there was one, go last, when nothing else is left.
-- Tells how many rows are gone.
create function deleted_experiment_reap(most integer)
returns bigint
language plpgsql
set search_path from current
as $$
declare
	dead bigint[] := array(select distinct s.experiment from allocation as s
		where not exists (select from experiment as e where e.nr = s.experiment));
	part text;
	gone bigint;
	reaped bigint := 0;
begin
	if dead = '{}' then
		return 0;
	end if;
	foreach part in array array['enrolment', 'exposure', 'conversion', 'waiting_goal', 'result',
		'layer_slot'] loop
		execute format('delete from %I where ctid = any (array(
			select ctid from %I where experiment = any ($1) limit $2
			for update skip locked))', part, part)
		using dead, most;
		get diagnostics gone = row_count;
		reaped := reaped + gone;
	end loop;
	if reaped = 0 then
		delete from allocation as s where s.experiment = any (dead)
			and not exists (select from enrolment as n where n.experiment = s.experiment)
			and not exists (select from exposure as x where x.experiment = s.experiment)
			and not exists (select from conversion as c where c.experiment = s.experiment);
		get diagnostics reaped = row_count;
	end if;
	return reaped;
end
$$;

revoke execute on function deleted_experiment_reap from public;
revoke execute on function subject_confirm, waiting_goal_replay, subject_incorporate_experiment, subject_incorporate, subject_erase
	from public;
grant execute on function subject_confirm, waiting_goal_replay, subject_incorporate_experiment, subject_incorporate, subject_erase
	to assay_app;
