-- SPDX-License-Identifier: GPL-3.0-or-later
-- A session has turned out to be a user. Enrolments that only the session has move to the user;
-- where the user is enrolled, and for a user who is a bot, the session's data is dropped. Nothing
-- of the session is left. Page views move while the enrolments are locked, so those that were
-- counted are moved.
create or replace function subject_incorporate(session text, receiver text, now timestamptz,
	out moved bigint,
	out dropped bigint, out page_views bigint)
language plpgsql
set search_path from current
as $$
declare
	row record;
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
	perform result_withdraw(session);
	delete from waiting_goal where subject_id = session;
	delete from confirmed where subject_id = session;
	delete from goal_event where subject_id = session;
end
$$;

revoke execute on function subject_incorporate from public;
grant execute on function subject_incorporate to assay_app;
