-- SPDX-License-Identifier: GPL-3.0-or-later
-- Workers of the release before read definitions here; those of this one in experiment_shown, which
-- has a column more. To be dropped by a migration of the next release.
create or replace view experiment_full as
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
	e.alternative_ids
from experiment as e left join audience_job as j on j.nr = e.nr
where e.selfcheck is null;

grant select on experiment_full to assay_app;
