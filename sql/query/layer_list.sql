-- Layers by id with their slots: $1 alone, or (null) those behind $2 (null: from the first), at
-- most $3. Self-checks are in no layer.
-- reach: definitions
-- retry: yes
select l.id, l.unit, l.description, 10000 as slots, 10000 - coalesce(m.used, 0) as free,
	coalesce(m.members, '[]'::jsonb) as members
from layer as l left join lateral (
	select sum(x.used) as used, jsonb_agg(jsonb_build_object('experiment', e.id, 'slots', x.slots)
		order by x.first) as members
	from (
		select s.experiment, min(lower(s.slots)) as first,
			sum(upper(s.slots) - lower(s.slots)) as used,
			jsonb_agg(jsonb_build_array(lower(s.slots), upper(s.slots) - 1) order by s.slots) as slots
		from layer_slot as s where s.layer = l.nr group by s.experiment
	) as x join experiment as e on e.nr = x.experiment
) as m on true
where ($1::text is null or l.id = $1) and ($2::text is null or l.id > $2)
order by l.id
limit $3::bigint
