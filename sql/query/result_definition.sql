-- What results of experiment $1 are told by: its definition, and the goals that are not retired.
-- reach: definitions
-- retry: yes
select e.nr, e.alternatives, e.goals as named, e.plan, (
		select jsonb_agg(jsonb_build_object('nr', g.nr, 'name', g.name, 'test', g.test)
			order by g.nr < 100, g.nr)
		from goal as g where g.retired_at is null) as goals
from experiment as e where e.id = $1
