-- SPDX-License-Identifier: GPL-3.0-or-later
-- Records that a subject was shown an alternative; source is that of the enrolment. A forced
-- exposure is no participant.
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
	select in_experiment, 0, shown, by_allocation, result_day(), (not a.forced)::integer,
		(not a.forced and a.earlier_exposures = 1)::integer, (not a.forced and a.manual)::integer,
		a.forced::integer
	from added as a;
end
$$;

revoke execute on function exposure_add from public;
grant execute on function exposure_add to assay_app;
