-- As subject_record for the subjects $1, in their order, without a place.
-- reach: subject
-- retry: yes
with asked as materialized (
	select u.subject_id, u.position
	from unnest($1::text[]) with ordinality as u (subject_id, position)
), audiences as materialized (
	select a.subject_id, jsonb_agg(jsonb_build_array(a.experiment, a.version)) as list
	from audience as a where a.subject_id = any ($1::text[]) group by a.subject_id
), enrolments as materialized (
	select n.subject_id, jsonb_agg(jsonb_build_array(n.experiment, n.alternative,
		n.source <> 'drawn')) as list
	from enrolment as n where n.subject_id = any ($1::text[]) group by n.subject_id
), memberships as materialized (
	select m.subject_id, jsonb_agg(jsonb_build_array(m.segmentation, m.group_nr)) as list
	from membership as m where m.subject_id = any ($1::text[]) group by m.subject_id
), tags as materialized (
	select t.subject_id, jsonb_agg(jsonb_build_array(t.scope, t.key, t.value)) as list
	from tag as t where t.subject_id = any ($1::text[]) group by t.subject_id
), profiles as materialized (
	select p.subject_id, p.attributes from profile as p where p.subject_id = any ($1::text[])
)
select (select c.definitions from cache_epoch as c) as generation,
	coalesce(a.list, '[]') as audience, coalesce(n.list, '[]') as enrolments,
	coalesce(m.list, '[]') as memberships, coalesce(t.list, '[]') as tags, p.attributes
from asked as s
left join audiences as a on a.subject_id = s.subject_id
left join enrolments as n on n.subject_id = s.subject_id
left join memberships as m on m.subject_id = s.subject_id
left join tags as t on t.subject_id = s.subject_id
left join profiles as p on p.subject_id = s.subject_id
order by s.position
