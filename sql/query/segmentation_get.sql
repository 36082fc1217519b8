-- Segmentation $1, or the experiment of that id as one.
-- reach: definitions
-- retry: yes
select s.id, s.context, s.type, s.name, s.description, s.groups, s.overlap, s.active, s.parameters,
	s.version, s.next_group, s.created_at, s.updated_at
from segmentation as s where s.id = $1
union all
select e.id, 'global', 'experiment', e.name, e.description, (
		select jsonb_agg(jsonb_build_object('id', a -> 'id', 'name', a -> 'name') order by n)
		from jsonb_array_elements(e.alternatives) with ordinality as t (a, n)),
	false, e.status = 'ACTIVE', '{}'::jsonb, e.version, null, e.created_at, e.updated_at
from experiment as e where e.id = $1
