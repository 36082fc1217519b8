-- SPDX-License-Identifier: GPL-3.0-or-later
-- Records that a subject was shown an alternative; source is that of the enrolment.
create or replace function exposure_add(subject text, in_experiment bigint, shown integer,
	by_allocation bigint,
	source text, now timestamptz)
returns void
language plpgsql
as $$
begin
	insert into exposure (subject_id, experiment, alternative, allocation, forced,
		earlier_exposures, exposed_at, manual)
	select subject, in_experiment, shown, by_allocation, source = 'forced', count(*), now,
		source = 'set'
	from exposure as x
	where x.subject_id = subject and x.experiment = in_experiment and not x.forced
	on conflict do nothing;
end
$$;

revoke execute on function exposure_add from public;
grant execute on function exposure_add to assay_app;
