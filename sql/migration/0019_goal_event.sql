-- An event counts once for each goal, and a hit that counts nowhere does not use it up. Events of before
-- have goal 0: they hold for all goals until they are forgotten.

alter table goal_event add goal bigint not null default 0;
alter table goal_event alter goal drop default;
alter table goal_event drop constraint goal_event_once;
alter table goal_event add constraint goal_event_once primary key (subject_id, goal, event_id);

-- A hit of a goal by name. known: there is such a goal. With an event it counts once. The subject is held
-- from the look for the event to its row.
create or replace function goal_hit(subject text, goal_name text, times bigint, event text, verify boolean,
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
	duplicate := event is not null and exists (
		select from goal_event as e where e.subject_id = subject and e.event_id = event
			and e.goal in (of_goal, 0));
	if not duplicate then
		select a.ids, a.waits into ids, waits
		from activity_record(array[subject], array[of_goal], array[times],
			array[null::timestamptz], false, verify, now) as a;
	end if;
	if event is not null and ids <> '{}' then
		insert into goal_event (subject_id, goal, event_id, recorded_at)
		values (subject, of_goal, event, now);
	end if;
end
$$;

-- A session has turned out to be a user: what only the session was enrolled in moves, where the user
-- is enrolled the session's data is dropped, as all of it is for a user who is no human. Nothing of
-- the session is left. Page views move when the enrolments are held: those that counted are here then.
create or replace function subject_incorporate(session text, receiver text, now timestamptz, out moved bigint,
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
	insert into goal_event (subject_id, goal, event_id, recorded_at)
	select receiver, g.goal, g.event_id, g.recorded_at from goal_event as g
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
