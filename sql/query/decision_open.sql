-- Experiments whose plan decides and that have an alternative which is not decided yet.
-- reach: definitions
-- retry: yes
-- role: owner
select e.id
from experiment as e
join goal as g on g.name = coalesce(e.goals -> 0 ->> 'name', e.goals ->> 0)
where e.plan_valid and e.selfcheck is null and g.window_to is not null
	and jsonb_array_length(e.alternatives) - 1 > (
		select count(*) from decision as d
		where d.experiment = e.nr and d.goal = g.nr and d.crossed)
order by e.nr
