-- SPDX-License-Identifier: GPL-3.0-or-later
-- Definitions of experiments as answers show them, under the names of the answers. For the program
-- alone, which takes them out of answers: nr, start, version (changes by people, then by jobs),
-- alternative_ids, visibility_set (as the definition has it; null: by its criteria).
create or replace view experiment_shown as
select e.nr, e.id as "expId", e.name as "expName", e.description as "expDescription",
	e.data as "expData", e.created_by as "createdBy", e.updated_by as "updatedBy",
	e.updated_at as "updatedOn", e.updated_at as "udpatedOn", e.created_at as "createdOn",
	e.criteria, e.status, e.status_msg,
	case when e.status = 'SUBMITTED' or j.users_matched is null then '{}'::jsonb
		else jsonb_build_object('usersMatched', j.users_matched,
			'devicesMatched', j.devices_matched) end as stats,
	e.state, coalesce(e.default_alternative, 'control') as "default", e.alternatives, e.goals,
		e.traffic,
	(
		select jsonb_build_object('id', l.id, 'slots', (
			select jsonb_agg(jsonb_build_array(lower(s.slots), upper(s.slots) - 1) order by s.slots)
			from layer_slot as s where s.experiment = e.nr))
		from layer as l where l.nr = e.layer) as layer,
	e.plan, e.ended_at, e.start_date as start, e.version || '.' || e.job_version as version,
	e.alternative_ids, experiment_visibility(e.visibility, e.criteria) as visibility,
	e.visibility as visibility_set
from experiment as e left join audience_job as j on j.nr = e.nr
where e.selfcheck is null;

grant select on experiment_shown to assay_app;
