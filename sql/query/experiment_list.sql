-- Definitions, newest first, below number $1 (null: from the newest): of status $2, state $3,
-- client $4, with $5 in id or name; null leaves a filter out. At most $6.
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
		from layer as l where l.nr = e.layer) as layer, e.plan, e.ended_at, e.nr
from experiment as e left join audience_job as j on j.nr = e.nr
where e.nr < coalesce($1::bigint, 9223372036854775807)
	and ($2::text is null or e.status = $2)
	and ($3::integer is null or e.state = $3::integer)
	and ($4::text is null or e.data ->> 'client' = $4)
	and ($5::text is null or strpos(lower(e.id), lower($5)) > 0
		or strpos(lower(e.name), lower($5)) > 0)
order by e.nr desc
limit $6::bigint
