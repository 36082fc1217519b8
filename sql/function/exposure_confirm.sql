-- SPDX-License-Identifier: GPL-3.0-or-later
-- Makes a subject that has turned out to be human a participant of what it is enrolled in: of
-- of_experiment, or of all (null). The windows of goals began when it was enrolled. Otherwise as
-- exposure_add(); the caller holds the enrolments.
create or replace function exposure_confirm(subject text, of_experiment bigint, now timestamptz)
returns void
language plpgsql
as $$
begin
	with held as materialized (
		select n.experiment, n.alternative, n.allocation, n.source, n.enrolled_at
		from enrolment as n
		where n.subject_id = subject and (of_experiment is null or n.experiment = of_experiment)
	), added as (
		insert into exposure as x (subject_id, experiment, alternative, allocation, forced,
			earlier_exposures, exposed_at, manual, enrolled_at)
		select subject, h.experiment, h.alternative, h.allocation, h.source = 'forced', (
			select count(*) from exposure as o where o.subject_id = subject
				and o.experiment = h.experiment and not o.forced), now, h.source = 'set',
			nullif(h.enrolled_at, now)
		from held as h order by h.experiment
		on conflict do nothing
		returning x.experiment, x.alternative, x.allocation, x.forced, x.earlier_exposures, x.manual,
			coalesce(x.enrolled_at, x.exposed_at) as since
	), population as materialized (
		select null::bigint as experiment, 0 as goal, null::integer as hours
		union all
		select w.experiment, -w.hours, w.hours from result_window as w
		where w.experiment in (select h.experiment from held as h)
	)
	insert into result_delta (experiment, goal, alternative, allocation, day, n, multiple,
		placed, forced)
	select a.experiment, p.goal, a.alternative, a.allocation,
		greatest(result_day(), ((a.since + p.hours * interval '1 hour') at time zone 'UTC')::date),
		(not a.forced)::integer,
		(p.goal = 0 and not a.forced and a.earlier_exposures = 1)::integer,
		(p.goal = 0 and not a.forced and a.manual)::integer, a.forced::integer
	from added as a
	join population as p on p.goal = 0 or (p.experiment = a.experiment and not a.forced);
end
$$;

revoke execute on function exposure_confirm from public;
grant execute on function exposure_confirm to assay_app;
