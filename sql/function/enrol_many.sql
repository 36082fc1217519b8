-- SPDX-License-Identifier: GPL-3.0-or-later
-- As enrol() for many draws at once: subjects[i] was drawn into alternatives[i] of experiments[i],
-- of allocations[i]. Who is enrolled already, also by an earlier place, keeps the alternative.
-- Returns a row for each place whose experiment exists, in order: what holds afterwards, and
-- whether this call made it. Subjects are locked in one order, as by every call. A self-check is an
-- experiment like any other here.
create or replace function enrol_many(subjects text[], experiments bigint[], alternatives integer[],
	allocations bigint[], verify boolean, now timestamptz)
returns table (place bigint, alternative integer, source text, enrolled_at timestamptz,
	made boolean)
language plpgsql
set search_path from current
as $$
#variable_conflict use_column
declare
	made record;
begin
	perform pg_advisory_xact_lock(lock_class('subject'), s.key)
	from (select distinct hashtext(u.name) as key from unnest(subjects) as u (name) order by 1) as s;
	with asked as (
		select u.subject_id, u.experiment, u.alternative, u.allocation, u.place
		from unnest(subjects, experiments, alternatives, allocations) with ordinality
			as u (subject_id, experiment, alternative, allocation, place)
	), first as (
		select distinct on (a.subject_id, a.experiment) a.* from asked as a
		join experiment as e on e.nr = a.experiment
		order by a.subject_id, a.experiment, a.place
	), added as (
		insert into enrolment as n (subject_id, experiment, alternative, allocation, source, enrolled_at)
		select f.subject_id, f.experiment, f.alternative, f.allocation, 'drawn', now from first as f
		order by f.subject_id, f.experiment
		on conflict (subject_id, experiment) do nothing
		returning n.subject_id, n.experiment, n.alternative, n.allocation
	), exposed as (
		insert into exposure as x (subject_id, experiment, alternative, allocation, forced,
			earlier_exposures, exposed_at, manual)
		select d.subject_id, d.experiment, d.alternative, d.allocation, false, (
			select count(*) from exposure as o where o.subject_id = d.subject_id
				and o.experiment + 0 = d.experiment and not o.forced), now, false
		from added as d
		where not verify or left(d.subject_id, 2) <> 's:' or exists (
			select from confirmed as k where k.subject_id = d.subject_id)
		order by d.subject_id, d.experiment
		on conflict do nothing
		returning x.subject_id, x.experiment, x.alternative, x.allocation, x.earlier_exposures
	), population as materialized (
		select null::bigint as experiment, 0 as goal, null::date as ends
		union all
		select w.experiment, -w.hours,
			((now + w.hours * interval '1 hour') at time zone 'UTC')::date
		from result_window as w where w.experiment = any (experiments)
	), booked as (
		insert into result_delta (experiment, goal, alternative, allocation, day, n, multiple)
		select x.experiment, p.goal, x.alternative, x.allocation, greatest(result_day(), p.ends), 1,
			(p.goal = 0 and x.earlier_exposures = 1)::integer
		from exposed as x join population as p on p.goal = 0 or p.experiment = x.experiment
	)
	select array_agg(f.place) as places into made
	from first as f
	join added as d on d.subject_id = f.subject_id and d.experiment = f.experiment;
	return query
	select u.place, n.alternative, n.source, n.enrolled_at,
		coalesce(u.place = any (made.places), false)
	from unnest(subjects, experiments) with ordinality as u (subject_id, experiment, place)
	join enrolment as n on n.subject_id = u.subject_id and n.experiment + 0 = u.experiment
	order by u.place;
end
$$;

revoke execute on function enrol_many from public;
grant execute on function enrol_many to assay_app;
