-- SPDX-License-Identifier: GPL-3.0-or-later
-- Gives the receiver what a session did in one experiment.
create or replace function subject_incorporate_experiment(session text, receiver text,
	of_experiment bigint, now timestamptz)
returns void
language plpgsql
set search_path from current
as $$
begin
	insert into exposure (subject_id, experiment, alternative, allocation, forced,
		earlier_exposures, exposed_at, manual)
	select receiver, x.experiment, x.alternative, x.allocation, x.forced, x.earlier_exposures,
		x.exposed_at, x.manual
	from exposure as x where x.subject_id = session and x.experiment = of_experiment
	on conflict do nothing;
	perform exposure_add(receiver, n.experiment, n.alternative, n.allocation, n.source, now)
	from enrolment as n where n.subject_id = receiver and n.experiment = of_experiment;
	insert into conversion (subject_id, experiment, alternative, goal, hits, forced, first_at,
		last_at)
	select receiver, c.experiment, c.alternative, c.goal, c.hits, c.forced, c.first_at, c.last_at
	from conversion as c where c.subject_id = session and c.experiment = of_experiment
	on conflict do nothing;
	perform waiting_goal_replay(session, receiver, of_experiment, now);
end
$$;

revoke execute on function subject_incorporate_experiment from public;
grant execute on function subject_incorporate_experiment to assay_app;
