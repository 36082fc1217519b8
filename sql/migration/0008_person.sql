-- Sessions become humans and users, and users are forgotten.

-- A session has turned out to be human: it counts from now on, and what waited counts, too.
create function confirm(subject text, now timestamptz)
returns void
language plpgsql
set search_path from current
as $$
declare
	row record;
begin
	perform subject_hold(subject);
	insert into confirmed (subject_id, at) values (subject, now) on conflict do nothing;
	if not found then
		return;
	end if;
	for row in
		select n.experiment, n.alternative, n.split, n.source from enrolment as n
		where n.subject_id = subject order by n.experiment for update
	loop
		perform exposure_add(subject, row.experiment, row.alternative, row.split,
			row.source = 'forced', now);
	end loop;
	perform waiting_replay(subject, subject, null, now);
	perform result_stale(array(select experiment from enrolment where subject_id = subject));
end
$$;

-- Turns what waits of one subject (in one experiment, or null: all) into rows of another or itself.
create function waiting_replay(waiter text, receiver text, of_experiment bigint, now timestamptz)
returns void
language plpgsql
set search_path from current
as $$
declare
	row record;
begin
	for row in
		select w.experiment, w.alternative, w.goal, w.hits
		from waiting_goal as w
		join enrolment as n on n.subject_id = w.subject_id and n.experiment = w.experiment
		where w.subject_id = waiter and w.expires_at > now
			and (of_experiment is null or w.experiment = of_experiment)
		order by w.experiment, w.alternative, w.goal
	loop
		perform conversion_add(receiver, row.experiment, row.alternative, row.goal, row.hits,
			true, now);
	end loop;
	delete from waiting_goal
	where subject_id = waiter and (of_experiment is null or experiment = of_experiment);
end
$$;

-- A session has turned out to be a user: what only the session was enrolled in moves, where the user
-- is enrolled the session's data is dropped. Nothing of the session is left.
create function incorporate(session text, receiver text, now timestamptz, out moved bigint,
	out dropped bigint, out page_views bigint)
language plpgsql
set search_path from current
as $$
declare
	row record;
	changed bigint[] := '{}';
begin
	perform subject_hold(session);
	moved := 0;
	dropped := 0;
	for row in
		select n.* from enrolment as n
		where n.subject_id = session order by n.experiment for update
	loop
		changed := changed || row.experiment;
		insert into enrolment (subject_id, experiment, alternative, split, source, enrolled_at,
			last_seen)
		values (receiver, row.experiment, row.alternative, row.split, row.source, row.enrolled_at,
			row.last_seen)
		on conflict do nothing;
		if not found then
			dropped := dropped + 1;
			continue;
		end if;
		moved := moved + 1;
		insert into exposure (subject_id, experiment, alternative, split, forced, nth, at)
		select receiver, x.experiment, x.alternative, x.split, x.forced, x.nth, x.at
		from exposure as x where x.subject_id = session and x.experiment = row.experiment
		on conflict do nothing;
		perform exposure_add(receiver, row.experiment, row.alternative, row.split,
			row.source = 'forced', now);
		insert into conversion (subject_id, experiment, alternative, goal, hits, forced, first_at,
			last_at)
		select receiver, c.experiment, c.alternative, c.goal, c.hits, c.forced, c.first_at,
			c.last_at
		from conversion as c where c.subject_id = session and c.experiment = row.experiment
		on conflict do nothing;
		perform waiting_replay(session, receiver, row.experiment, now);
	end loop;
	insert into page_view (subject_id, at, name, url, referrer)
	select receiver, v.at, v.name, v.url, v.referrer
	from page_view as v where v.subject_id = session order by v.at
	on conflict do nothing;
	get diagnostics page_views = row_count;
	insert into goal_event (subject_id, event_id, at)
	select receiver, g.event_id, g.at from goal_event as g where g.subject_id = session
	on conflict do nothing;
	delete from enrolment where subject_id = session;
	delete from exposure where subject_id = session;
	delete from conversion where subject_id = session;
	delete from waiting_goal where subject_id = session;
	delete from confirmed where subject_id = session;
	delete from goal_event where subject_id = session;
	delete from page_view where subject_id = session;
	if changed <> '{}' then
		perform result_stale(changed);
	end if;
end
$$;

-- Erases a subject everywhere and tells how many rows of each kind are gone.
create function subject_erase(subject text, out page_views bigint, out enrollments bigint,
	out exposures bigint, out conversions bigint, out waiting_goals bigint, out profile bigint,
	out audiences bigint)
language plpgsql
set search_path from current
as $$
declare
	changed bigint[];
begin
	perform subject_hold(subject);
	select l.profiles, l.audiences into profile, audiences from audience_leave(subject) as l;
	changed := array(select x.experiment from enrolment as x where x.subject_id = subject
		union select x.experiment from exposure as x where x.subject_id = subject);
	delete from enrolment where subject_id = subject;
	get diagnostics enrollments = row_count;
	delete from exposure where subject_id = subject;
	get diagnostics exposures = row_count;
	delete from conversion where subject_id = subject;
	get diagnostics conversions = row_count;
	delete from waiting_goal where subject_id = subject;
	get diagnostics waiting_goals = row_count;
	delete from confirmed where subject_id = subject;
	delete from goal_event where subject_id = subject;
	delete from page_view where subject_id = subject;
	get diagnostics page_views = row_count;
	if changed <> '{}' then
		perform result_stale(changed);
	end if;
end
$$;

revoke execute on function confirm, waiting_replay, incorporate, subject_erase from public;
grant execute on function confirm, waiting_replay, incorporate, subject_erase to assay_app;
