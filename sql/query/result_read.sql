-- What results of experiment $1 are told by, all of one moment: its definition, its allocations,
-- the goals, those that are retired last, and the sums of the ledger with what is not folded yet;
-- of the days up to $2 only, unless that is null. Days do not know how often each subject hit a goal:
-- there is one bin for all of them then. Of goals with a window those days count on which a window
-- has ended, at $3, which is today: of them, too, there is one bin. Their participants stand in
-- `windows`, by the hours to the end of the window; a goal without `counted_since` has none there,
-- and one that is not `counted` has not yet those from before that time. primary_days: what each day
-- added to the goal that decides by a plan.
-- reach: all
-- retry: yes
-- time: long
with chosen as (
	select e.nr, e.alternatives, e.goals as named, e.plan, e.plan_valid, e.plan_goal,
		least(e.closed_at, (e.end_date + 1)::timestamp at time zone 'UTC') as closed_at,
		coalesce(e.goals -> 0 ->> 'name', e.goals ->> 0) as primary_goal
	from experiment as e where e.id = $1
), fresh as materialized (
	select d.* from result_delta as d where d.experiment = (select c.nr from chosen as c)
), recent as materialized (
	select f.goal, f.alternative, f.allocation, f.day, sum(f.n)::bigint as n, sum(f.sum) as sum,
		sum(f.squares) as squares, sum(f.multiple)::bigint as multiple,
		sum(f.placed)::bigint as placed
	from fresh as f group by f.goal, f.alternative, f.allocation, f.day
), kept as materialized (
	select w.hours, w.added_at, w.built_at from result_window as w
	where w.experiment = (select c.nr from chosen as c)
), windowed as materialized (
	select g.nr, g.window_to as hours from goal as g
	where g.window_to in (select k.hours from kept as k where k.built_at is not null)
), hidden as materialized (
	select g.nr from goal as g
	where g.window_to is not null and g.nr not in (select w.nr from windowed as w)
), deciding as materialized (
	select w.nr as goal, -w.hours as population from windowed as w
	where w.nr = (select g.nr from goal as g where g.name = (
		select c.primary_goal from chosen as c where c.plan_valid))
), cell as (
	select c.goal, c.alternative, c.allocation, c.day, c.n, c.sum, c.squares, c.multiple, c.placed
	from result_cell as c where c.experiment = (select s.nr from chosen as s)
	union all
	select r.goal, r.alternative, r.allocation, k.day, r.n, r.sum, r.squares, r.multiple, r.placed
	from recent as r cross join lateral (values (r.day), ('-infinity'::date)) as k (day)
), summed as materialized (
	select c.goal, c.alternative, c.allocation, c.day, c.goal < 0 or w.nr is not null as ends,
		sum(c.n)::bigint as n, sum(c.sum) as sum, sum(c.squares) as squares,
		sum(c.multiple)::bigint as multiple, sum(c.placed)::bigint as placed
	from cell as c left join windowed as w on w.nr = c.goal
	where ($2::date is null or c.day <= $2::date) and c.goal not in (select h.nr from hidden as h)
	group by c.goal, c.alternative, c.allocation, c.day, w.nr
), whole as materialized (
	select s.* from summed as s where s.day > '-infinity' and (not s.ends or s.day < $3::date)
), total as materialized (
	select s.goal, s.alternative, s.allocation, sum(s.n)::bigint as n, sum(s.sum) as sum,
		sum(s.squares) as squares, sum(s.multiple)::bigint as multiple,
		sum(s.placed)::bigint as placed
	from (
		select w.* from whole as w where w.ends or $2::date is not null
		union all
		select s.* from summed as s
		where not s.ends and s.day = '-infinity' and $2::date is null
	) as s
	group by s.goal, s.alternative, s.allocation
), bin as (
	select h.goal, h.alternative, h.bin, h.subjects, h.hits
	from result_histogram as h
	where $2::date is null and h.experiment = (select s.nr from chosen as s)
		and h.goal not in (select g.nr from goal as g where g.window_to is not null)
	union all
	select f.goal, f.alternative, case when m.hits <= 1000 then m.hits else result_bin(m.hits) end,
		m.subjects, m.subjects * m.hits::numeric
	from fresh as f
	cross join lateral (values (f.hits_from, -1), (f.hits_to, 1)) as m (hits, subjects)
	where $2::date is null and m.hits is not null
		and f.goal not in (select g.nr from goal as g where g.window_to is not null)
	union all
	select t.goal, t.alternative, 1, t.n, t.sum from total as t
	where t.goal > 0 and ($2::date is not null or t.goal in (select w.nr from windowed as w))
), binned as (
	select b.goal, b.alternative, b.bin, sum(b.subjects)::bigint as subjects, sum(b.hits) as hits
	from bin as b group by b.goal, b.alternative, b.bin having sum(b.subjects) <> 0
), meant as (
	select b.*, round(sum(b.hits) over same / sum(b.subjects) over same)::bigint as mean
	from binned as b window same as (partition by b.goal, b.bin)
)
select c.nr, c.alternatives, c.named, c.plan, c.plan_valid, c.plan_goal, c.closed_at, (
		select jsonb_agg(jsonb_build_array(d.alternative, d.crossed, d.day, d.decided_on,
				d.information, d.z, d.bound, d.difference, d.low, d.high, d.alpha)
			order by d.alternative, d.crossed)
		from decision as d
		where d.experiment = c.nr and d.goal = (select p.goal from deciding as p)) as decided, (
		select jsonb_agg(jsonb_build_object('nr', g.nr, 'name', g.name, 'test', g.test,
				'retired', g.retired_at is not null, 'window_from', g.window_from,
				'window_to', g.window_to, 'counted_since', k.added_at,
				'counted', k.built_at is not null)
			order by g.retired_at is not null, g.nr < 100, g.nr)
		from goal as g left join kept as k on k.hours = g.window_to) as goals, (
		select jsonb_object_agg(a.nr, a.allocation_weights)
		from allocation as a where a.experiment = c.nr) as allocations,
	jsonb_build_object(
		'exposures', (select coalesce(jsonb_agg(jsonb_build_array(s.alternative, s.allocation, s.n,
				s.multiple, s.placed)), '[]')
			from total as s where s.goal = 0),
		'days', (select coalesce(jsonb_agg(jsonb_build_array(d.day, d.alternative, d.n)
				order by d.day, d.alternative), '[]')
			from (select s.day, s.alternative, sum(s.n)::bigint as n from whole as s
				where s.goal = 0 group by s.day, s.alternative) as d),
		'windows', (select coalesce(jsonb_agg(jsonb_build_array(-s.goal, s.alternative,
				s.allocation, s.n)), '[]')
			from total as s where s.goal < 0),
		'ended', (select coalesce(jsonb_agg(jsonb_build_array(d.day, -d.goal, d.alternative, d.n)
				order by d.day, d.goal, d.alternative), '[]')
			from (select s.day, s.goal, s.alternative, sum(s.n)::bigint as n from whole as s
				where s.goal < 0 group by s.day, s.goal, s.alternative) as d),
		'outcomes', (select coalesce(jsonb_agg(jsonb_build_array(s.goal, s.alternative,
				s.allocation, s.n, s.sum::double precision,
				(s.squares - s.sum * s.sum / p.n)::double precision)), '[]')
			from total as s
			left join windowed as w on w.nr = s.goal
			join total as p on p.goal = coalesce(-w.hours, 0) and p.n > 0
				and p.alternative = s.alternative and p.allocation = s.allocation
			where s.goal > 0),
		'conversions', (select coalesce(jsonb_agg(jsonb_build_array(m.goal, m.alternative, m.mean,
				m.subjects, m.hits)), '[]')
			from meant as m),
		'primary_days', (select case when exists (select 1 from deciding) then
				coalesce(jsonb_agg(jsonb_build_array(d.day, d.alternative, d.allocation,
					d.participants, d.conversions) order by d.day), '[]') end
			from (select s.day, s.alternative, s.allocation,
					coalesce(sum(s.n) filter (where s.goal < 0), 0)::bigint as participants,
					coalesce(sum(s.n) filter (where s.goal > 0), 0)::bigint as conversions
				from whole as s
				where s.goal in ((select p.goal from deciding as p),
					(select p.population from deciding as p))
				group by s.day, s.alternative, s.allocation) as d),
		'converted', (select coalesce(jsonb_agg(jsonb_build_array(d.day, d.goal, d.alternative, d.n)
				order by d.day, d.goal, d.alternative), '[]')
			from (select s.day, s.goal, s.alternative, sum(s.n)::bigint as n from whole as s
				where s.goal > 0 group by s.day, s.goal, s.alternative) as d)) as data
from chosen as c
