-- Experiments whose plan decides and that have an alternative which is not decided yet, as of $1. Where
-- nobody new takes part, the last look comes at the end of the week in which the last window ends: a
-- week more is left for jobs that did not run.
-- reach: definitions
-- retry: yes
-- role: owner
select e.id
from experiment as e
join goal as g on g.name = coalesce(e.goals -> 0 ->> 'name', e.goals ->> 0)
where e.plan_valid and e.selfcheck is null and g.window_to is not null
	and coalesce(least(e.closed_at, (e.end_date + 1)::timestamp at time zone 'UTC')
		+ g.window_to * interval '1 hour' + interval '15 days' > $1::timestamptz, true)
	and exists (
		select 1 from jsonb_array_elements(e.alternatives) as t (a)
		where t.a ->> 'name' <> 'control' and not exists (
			select 1 from decision as d
			where d.experiment = e.nr and d.goal = g.nr and d.crossed
				and d.alternative = (t.a ->> 'id')::integer))
order by e.nr
