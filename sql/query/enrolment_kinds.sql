-- How many users, devices and sessions are enrolled in experiment $1; of each at most $2 are
-- counted.
-- reach: all
-- retry: yes
-- time: long
select count(*) filter (where k.kind = 'u') as users,
	count(*) filter (where k.kind = 'd') as devices,
	count(*) filter (where k.kind = 's') as sessions
from experiment as e, lateral (
	(select 'u' as kind from enrolment as n where n.experiment = e.nr
		and n.subject_id >= 'u:' and n.subject_id < 'u;' limit $2::bigint)
	union all
	(select 'd' from enrolment as n where n.experiment = e.nr
		and n.subject_id >= 'd:' and n.subject_id < 'd;' limit $2::bigint)
	union all
	(select 's' from enrolment as n where n.experiment = e.nr
		and n.subject_id >= 's:' and n.subject_id < 's;' limit $2::bigint)
) as k
where e.id = $1
