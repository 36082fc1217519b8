-- Whether goal $1 was hit, by whomever and wherever, so that its window stays as it is. No row when
-- there is no such goal.
-- reach: all
-- retry: yes
with chosen as (
	select g.nr, g.window_from, g.window_to from goal as g where g.name = $1 and g.nr >= 100
), fresh as materialized (
	select d.goal from result_delta as d where d.goal = (select c.nr from chosen as c) limit 1
), waiting as materialized (
	select w.goal from waiting_goal as w where w.goal = (select c.nr from chosen as c) limit 1
), cell as (
	select r.goal from result_cell as r
	where r.goal = (select c.nr from chosen as c) and r.n <> 0 limit 1
)
select c.window_from, c.window_to, exists (select 1 from fresh as f)
	or exists (select 1 from waiting as w) or exists (select 1 from cell as l) as hit
from chosen as c
