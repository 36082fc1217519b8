-- SPDX-License-Identifier: GPL-3.0-or-later
-- Deletes what counts of a subject, and takes it off the results on the day of this transaction:
-- days of the past, which hold sums only, stay as they were. What is booked on a later day, on which
-- a window ends, is taken off that day. The caller holds the subject and its enrolments.
create or replace function result_withdraw(subject text, out exposures bigint,
	out conversions bigint)
language plpgsql
as $$
begin
	with gone as (
		delete from exposure as x where x.subject_id = subject
		returning x.experiment, x.alternative, x.allocation, x.forced, x.earlier_exposures, x.manual,
			coalesce(x.enrolled_at, x.exposed_at) as since
	), population as materialized (
		select null::bigint as experiment, 0 as goal, null::integer as hours
		union all
		select w.experiment, -w.hours, w.hours from result_window as w
		where w.experiment in (select g.experiment from gone as g)
	), booked as (
		insert into result_delta (experiment, goal, alternative, allocation, day, n,
			multiple, placed, forced)
		select g.experiment, p.goal, g.alternative, g.allocation,
			greatest(result_day(),
				((g.since + p.hours * interval '1 hour') at time zone 'UTC')::date),
			-(not g.forced)::integer,
			-(p.goal = 0 and not g.forced and g.earlier_exposures = 1)::integer,
			-(p.goal = 0 and not g.forced and g.manual)::integer, -g.forced::integer
		from gone as g
		join population as p on p.goal = 0 or (p.experiment = g.experiment and not g.forced)
	)
	select count(*) into exposures from gone;
	with gone as (
		delete from conversion as c where c.subject_id = subject
		returning c.experiment, c.alternative, c.goal, c.hits, c.forced, c.allocation, c.exposed_at
	), windowed as materialized (
		select w.nr, w.window_to from goal as w
		where w.window_to is not null and w.nr in (select g.goal from gone as g)
	), booked as (
		insert into result_delta (experiment, goal, alternative, allocation, day, n, sum,
			squares, hits_from)
		select g.experiment, g.goal, g.alternative, g.allocation,
			greatest(result_day(),
				((g.exposed_at + w.window_to * interval '1 hour') at time zone 'UTC')::date),
			-1, -g.hits, -(g.hits::numeric * g.hits), g.hits
		from gone as g left join windowed as w on w.nr = g.goal where not g.forced
	)
	select count(*) into conversions from gone;
end
$$;

revoke execute on function result_withdraw from public;
grant execute on function result_withdraw to assay_app;
