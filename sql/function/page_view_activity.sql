-- SPDX-License-Identifier: GPL-3.0-or-later
-- Records what page views mean to experiments: their subjects visited, and pages hit goals. The
-- views were stored by this statement.
create or replace function page_view_activity(subjects text[], ats timestamptz[], names text[],
	verify boolean,
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

revoke execute on function page_view_activity from public;
grant execute on function page_view_activity to assay_app;
