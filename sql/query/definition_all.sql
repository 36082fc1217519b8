-- All definitions, in the words in which they are made, in a fixed order: part 1 goals, 2 layers,
-- 3 segmentations, 4 experiments; no retired goals, also not as those of an experiment.
-- reach: definitions
-- retry: yes
select part, id, definition from (
	select 1 as part, name as id, json_build_object('name', name, 'test', test, 'page', page,
		'description', nullif(description, ''), 'window_from', window_from,
		'window_to', window_to) as definition
	from goal where nr >= 100 and retired_at is null
	union all
	select 2, id, json_build_object('id', id, 'unit', unit, 'description',
		nullif(description, '')) from layer
	union all
	select 3, id, json_build_object('id', id, 'context', context, 'type', type, 'name', name,
		'description', description, 'groups', groups, 'overlap', overlap, 'active', active,
		'parameters', parameters)
	from segmentation
	union all
	select 4, e.id, json_build_object('expId', e.id, 'name', e.name, 'description', e.description,
		'createdBy', e.created_by, 'criteria', e.criteria, 'data', e.data, 'alternatives', (
			select jsonb_agg(a - array['id', 'was'] order by n)
			from jsonb_array_elements(e.alternatives) with ordinality as t (a, n)),
		'default', coalesce(e.default_alternative, 'control'), 'goals', (
			select coalesce(jsonb_agg(t.o order by t.n), '[]')
			from jsonb_array_elements(case when jsonb_typeof(e.goals) = 'array'
				then e.goals else '[]' end) with ordinality as t (o, n)
			join goal as g on g.name = coalesce(t.o ->> 'name', t.o #>> '{}')
			where g.retired_at is null), 'traffic', e.traffic,
		'state', case e.state when 0 then 'default' when 1 then 'enabled' else 'track' end,
		'stopped', e.status = 'STOPPED', 'plan', e.plan, 'visibility', e.visibility,
		'layer', (
			select jsonb_build_object('id', l.id, 'slots', (
				select jsonb_agg(jsonb_build_array(lower(s.slots), upper(s.slots) - 1)
					order by s.slots)
				from layer_slot as s where s.experiment = e.nr))
			from layer as l where l.nr = e.layer))
	from experiment as e where e.selfcheck is null
) as d
order by part, id collate "C"
