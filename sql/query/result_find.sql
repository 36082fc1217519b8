-- What results of experiment $1 (of number $2, null: any) are told by: its definition, its
-- allocations, the goals, those that are retired last; and its counts, if they are current.
-- reach: definitions
-- retry: yes
select e.nr, e.alternatives, e.goals as named, e.plan, r.counted_at, r.data, (
		select jsonb_agg(jsonb_build_object('nr', g.nr, 'name', g.name, 'test', g.test,
				'retired', g.retired_at is not null)
			order by g.retired_at is not null, g.nr < 100, g.nr)
		from goal as g) as goals, (
		select jsonb_object_agg(s.nr, s.allocation_weights)
		from allocation as s where s.experiment = e.nr) as allocations
from experiment as e
left join result as r on r.experiment = e.nr and r.data is not null
where e.id = $1 and ($2::bigint is null or e.nr = $2::bigint)
