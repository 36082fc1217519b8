-- SPDX-License-Identifier: GPL-3.0-or-later
-- As goal_hit() for many hits at once: subjects[i] hit goal_names[i] times[i] times, with event
-- events[i] (null: none). Of hits with the same event of a subject and goal the first counts.
-- Returns a row for each, in order. Subjects are locked in one order, as by every call.
create or replace function goal_hit_many(subjects text[], goal_names text[], times bigint[],
	events text[], verify boolean, now timestamptz)
returns table (place bigint, known boolean, duplicate boolean, waits boolean, ids text[])
language plpgsql
set search_path from current
as $$
#variable_conflict use_column
declare
	hits record;
	recorded record;
begin
	perform pg_advisory_xact_lock(lock_class('subject'), s.key)
	from (select distinct hashtext(u.name) as key from unnest(subjects) as u (name) order by 1) as s;
	-- What each hit means: its goal (null: unknown), whether it is the first of its event, and new.
	select array_agg(g.nr order by h.place) as goals,
		array_agg(h.event is not null and (exists (
			select from goal_event as e where e.subject_id = h.subject_id and e.event_id = h.event
				and e.goal in (g.nr, 0)) or row_number > 1) order by h.place) as duplicates,
		array_agg(g.nr is not null and h.times > 0 and not exists (
			select from profile as p
			where p.subject_id = h.subject_id and p.attributes -> 'human' = 'false')
			order by h.place) as counting
	into hits
	from (
		select u.*, row_number() over (
			partition by u.subject_id, u.goal_name, u.event order by u.place) as row_number
		from unnest(subjects, goal_names, times, events) with ordinality
			as u (subject_id, goal_name, times, event, place)
	) as h
	left join goal as g on g.name = h.goal_name and g.retired_at is null and g.nr >= 100;
	select array_agg(r.subject_id) as subjects, array_agg(r.goal) as goals,
		array_agg(to_jsonb(r.ids)) as ids, array_agg(r.waits) as waits
	into recorded
	from (
		select array_agg(h.subject_id) as who, array_agg(h.goal) as goals, array_agg(h.times) as times,
			array_agg(null::timestamptz) as seen
		from unnest(subjects, hits.goals, times, hits.duplicates, hits.counting)
			as h (subject_id, goal, times, duplicate, counting)
		where h.counting and not h.duplicate
	) as a
	cross join lateral activity_record(a.who, a.goals, a.times, a.seen, false, verify, now) as r
	where a.who is not null;
	insert into goal_event (subject_id, goal, event_id, recorded_at)
	select h.subject_id, h.goal, h.event, now
	from unnest(subjects, hits.goals, events, hits.duplicates, hits.counting)
		as h (subject_id, goal, event, duplicate, counting)
	where h.counting and not h.duplicate and h.event is not null and (h.subject_id, h.goal) in (
		select r.subject_id, r.goal
		from unnest(recorded.subjects, recorded.goals) as r (subject_id, goal))
	order by h.subject_id, h.goal, h.event
	on conflict do nothing;
	return query
	select h.place, h.goal is not null, h.counting and h.duplicate,
		not h.duplicate and coalesce(r.waits, false),
		case when h.duplicate or r.ids is null then '{}'::text[]
			else array(select jsonb_array_elements_text(r.ids)) end
	from unnest(hits.goals, subjects, hits.duplicates, hits.counting) with ordinality
		as h (goal, subject_id, duplicate, counting, place)
	left join unnest(recorded.subjects, recorded.goals, recorded.ids, recorded.waits)
		as r (subject_id, goal, ids, waits)
		on r.subject_id = h.subject_id and r.goal = h.goal and h.counting
	order by h.place;
end
$$;

revoke execute on function goal_hit_many from public;
grant execute on function goal_hit_many to assay_app;
