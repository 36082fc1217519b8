-- Every enrolment of subject $1, the newest first.
-- reach: subject
-- retry: yes
select e.id as experiment, coalesce(a.o ->> 'name', 'number ' || n.alternative) as alternative,
	case n.source when 'drawn' then 'ASSIGNED' else 'FORCED' end as reason, n.enrolled_at,
	n.last_seen_at as last_seen, x.exposed_at, e.status, e.state
from enrolment as n
join experiment as e on e.nr = n.experiment and e.selfcheck is null
left join lateral (
	select o from jsonb_array_elements(e.alternatives) as o
	where (o ->> 'id')::integer = n.alternative
) as a on true
left join exposure as x on x.subject_id = n.subject_id and x.experiment = n.experiment
	and x.alternative = n.alternative
where n.subject_id = $1
order by n.enrolled_at desc, n.experiment desc
