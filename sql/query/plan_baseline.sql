-- How many participants came since $3, and how many of them hit goal $1 since then: in experiment $2;
-- null: in the one of people's that had most hits of it. For a goal with a window those count whose window has
-- ended by $4, which is today. No row when there is no such goal, or nobody came.
-- reach: all
-- retry: yes
with chosen as (
	select g.nr, coalesce(-g.window_to, 0) as population,
		case when g.window_to is null then 'infinity'::date else $4::date end as before_day
	from goal as g where g.name = $1
), fresh as materialized (
	select d.experiment, d.goal, d.n from result_delta as d
	where d.day > ($3::timestamptz at time zone 'UTC')::date
		and d.day < (select s.before_day from chosen as s)
		and d.goal in (select s.nr from chosen as s union all select s.population from chosen as s)
), cell as (
	select c.experiment, c.goal, c.n from result_cell as c
	where c.day > ($3::timestamptz at time zone 'UTC')::date
		and c.day < (select s.before_day from chosen as s)
		and c.goal in (select s.nr from chosen as s union all select s.population from chosen as s)
	union all
	select f.experiment, f.goal, f.n from fresh as f
), counted as materialized (
	select c.experiment,
		coalesce(sum(c.n) filter (where c.goal <= 0), 0)::bigint as participants,
		coalesce(sum(c.n) filter (where c.goal > 0), 0)::bigint as conversions
	from cell as c group by c.experiment
)
select e.id as experiment, c.participants, c.conversions
from counted as c join experiment as e on e.nr = c.experiment and e.selfcheck is null
where c.participants > 0 and ($2::text is null or e.id = $2)
order by c.conversions desc, c.participants desc, e.nr desc
limit 1
