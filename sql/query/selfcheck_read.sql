-- What each self-check says: its definition, and the sums of the ledger with what is not folded yet,
-- all of one moment: participants and those who did its goal, as result_read has them, and of
-- the days after $1 how many came and converted.
-- reach: all
-- retry: yes
-- time: long
with chosen as (
	select e.nr, e.selfcheck, e.alternatives, e.salt, e.goals ->> 0 as goal_name, (
		select g.nr from goal as g where g.name = e.goals ->> 0) as goal
	from experiment as e where e.selfcheck is not null
), fresh as materialized (
	select d.experiment, d.goal, d.alternative, d.allocation, d.day, d.n, d.multiple, d.placed
	from result_delta as d
	where d.experiment = any (array(select c.nr from chosen as c))
), cell as (
	select r.experiment, r.goal, r.alternative, r.allocation, r.day, r.n, r.multiple, r.placed
	from chosen as c
	join result_cell as r on r.experiment = c.nr and (r.goal = 0 or r.goal = c.goal)
		and (r.day = '-infinity' or r.day > $1::date)
	union all
	select f.experiment, f.goal, f.alternative, f.allocation, k.day, f.n, f.multiple, f.placed
	from chosen as c
	join fresh as f on f.experiment = c.nr and (f.goal = 0 or f.goal = c.goal)
	cross join lateral (values (f.day), ('-infinity'::date)) as k (day)
), summed as materialized (
	select s.experiment, s.goal, s.alternative, s.allocation, s.day, sum(s.n)::bigint as n,
		sum(s.multiple)::bigint as multiple, sum(s.placed)::bigint as placed
	from cell as s
	group by s.experiment, s.goal, s.alternative, s.allocation, s.day
)
select c.selfcheck as kind, c.alternatives, c.salt, c.goal, c.goal_name, (
		select jsonb_object_agg(a.nr, a.allocation_weights)
		from allocation as a where a.experiment = c.nr) as allocations, (
		select coalesce(jsonb_agg(jsonb_build_array(s.alternative, s.allocation, s.n, s.multiple,
			s.placed)), '[]')
		from summed as s
		where s.experiment = c.nr and s.goal = 0 and s.day = '-infinity') as exposures, (
		select coalesce(jsonb_agg(jsonb_build_array(s.goal, s.alternative, s.allocation, s.n)), '[]')
		from summed as s
		where s.experiment = c.nr and s.goal <> 0 and s.day = '-infinity') as converted, (
		select coalesce(jsonb_agg(jsonb_build_array(d.day, d.alternative, d.came, d.converted)
			order by d.day, d.alternative), '[]')
		from (
			select s.day, s.alternative, coalesce(sum(s.n) filter (where s.goal = 0), 0) as came,
				coalesce(sum(s.n) filter (where s.goal <> 0), 0) as converted
			from summed as s where s.experiment = c.nr and s.day > '-infinity'
			group by s.day, s.alternative
		) as d) as days
from chosen as c
order by c.nr
