-- Definitions as experiment_list has them, in an order that is built in, with those conditions alone
-- that are asked for: one that may be left out hides from the planner that the index of the order
-- is what to read.
-- reach: definitions
-- retry: yes
select e.id as "expId", e.name as "expName", e.description as "expDescription",
	e.data as "expData", e.created_by as "createdBy", e.updated_by as "updatedBy",
	e.updated_at as "updatedOn", e.updated_at as "udpatedOn", e.created_at as "createdOn",
	e.criteria, e.status, e.status_msg,
	case when e.status = 'SUBMITTED' or j.users_matched is null then '{}'::jsonb
		else jsonb_build_object('usersMatched', j.users_matched,
			'devicesMatched', j.devices_matched) end as stats,
	e.state, coalesce(e.default_alternative, 'control') as "default", e.alternatives, e.goals, e.traffic,
	(
		select jsonb_build_object('id', l.id, 'slots', (
			select jsonb_agg(jsonb_build_array(lower(s.slots), upper(s.slots) - 1) order by s.slots)
			from layer_slot as s where s.experiment = e.nr))
		from layer as l where l.nr = e.layer) as layer, e.plan, e.ended_at, e.nr,
	e.start_date as start
from experiment as e left join audience_job as j on j.nr = e.nr
where true /* criteria */
