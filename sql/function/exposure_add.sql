-- SPDX-License-Identifier: GPL-3.0-or-later
-- Records that a subject was shown an alternative; source is that of the enrolment. A forced
-- exposure is no participant. A participant is booked twice: on the day of this transaction, and,
-- for each window of the experiment's goals, on the day on which it ends. result_window is read by
-- the statement that writes, which result_window_wait relies on.
create or replace function exposure_add(subject text, in_experiment bigint, shown integer,
	by_allocation bigint, source text, now timestamptz)
returns void
language plpgsql
as $$
begin
	with added as (
		insert into exposure as x (subject_id, experiment, alternative, allocation, forced,
			earlier_exposures, exposed_at, manual)
		select subject, in_experiment, shown, by_allocation, source = 'forced', count(*), now,
			source = 'set'
		from exposure as o
		where o.subject_id = subject and o.experiment = in_experiment and not o.forced
		on conflict do nothing
		returning x.forced, x.earlier_exposures, x.manual
	)
	insert into result_delta (experiment, goal, alternative, allocation, day, n, multiple,
		placed, forced)
	select in_experiment, p.goal, shown, by_allocation, greatest(result_day(), p.ends),
		(not a.forced)::integer,
		(p.goal = 0 and not a.forced and a.earlier_exposures = 1)::integer,
		(p.goal = 0 and not a.forced and a.manual)::integer, a.forced::integer
	from added as a join (
		select 0 as goal, null::date as ends
		union all
		select -w.hours, ((now + w.hours * interval '1 hour') at time zone 'UTC')::date
		from result_window as w where w.experiment = in_experiment
	) as p on p.goal = 0 or not a.forced;
end
$$;

revoke execute on function exposure_add from public;
grant execute on function exposure_add to assay_app;
