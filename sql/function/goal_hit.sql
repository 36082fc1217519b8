-- SPDX-License-Identifier: GPL-3.0-or-later
-- Records hits of a goal by its name. known: there is such a goal. A hit with an event counts once
-- for each goal, and one that counts nowhere does not use up the event. The subject is locked from
-- the look for the event until the transaction ends.
create or replace function goal_hit(subject text, goal_name text, times bigint, event text,
	verify boolean,
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
	perform pg_advisory_xact_lock(lock_class('subject'), hashtext(subject));
	duplicate := event is not null and exists (
		select from goal_event as e where e.subject_id = subject and e.event_id = event
			and e.goal in (of_goal, 0));
	if not duplicate then
		select a.ids, a.waits into ids, waits
		from activity_record(array[subject], array[of_goal], array[times],
			array[null::timestamptz], false, verify, now) as a;
	end if;
	ids := coalesce(ids, '{}');
	waits := coalesce(waits, false);
	if event is not null and ids <> '{}' then
		insert into goal_event (subject_id, goal, event_id, recorded_at)
		values (subject, of_goal, event, now);
	end if;
end
$$;

revoke execute on function goal_hit from public;
grant execute on function goal_hit to assay_app;
