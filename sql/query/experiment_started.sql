-- Whether anybody has taken part in experiment $1, also if erased since, because the day on which they
-- came still has them in its sums; and whether its plan was made before. No row when there is none.
-- reach: all
-- retry: yes
with chosen as (
	select e.nr, coalesce(e.plan_valid, false) as plan_valid from experiment as e where e.id = $1
), fresh as materialized (
	select d.day, d.n from result_delta as d
	where d.goal = 0 and d.experiment = (select c.nr from chosen as c)
), cell as (
	select r.day, r.n from result_cell as r
	where r.goal = 0 and r.day > '-infinity' and r.experiment = (select c.nr from chosen as c)
	union all
	select f.day, f.n from fresh as f
)
select c.plan_valid, exists (
		select 1 from cell as s group by s.day having sum(s.n) > 0) as started
from chosen as c
