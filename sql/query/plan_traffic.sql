-- The alternatives of experiment $1, how many participants it has, how many of them were drawn on days
-- after that of $2, and the day of the first; with null for $1, of the experiment in effect that had
-- most since $2. No row when there is none.
-- reach: all
-- retry: yes
with day as (
	select c.experiment, c.day, sum(c.n) as n, sum(c.n - c.placed) as drawn from (
		select experiment, day, n, placed from result_cell where goal = 0 and day > '-infinity'
		union all
		select experiment, day, n, placed from result_delta where goal = 0
	) as c
	group by c.experiment, c.day
), arrived as (
	select d.experiment, sum(d.n)::bigint as participants,
		coalesce(sum(d.drawn) filter (where d.day > ($2::timestamptz at time zone 'UTC')::date),
			0)::bigint as recent,
		min(d.day) filter (where d.n > 0) as first_day
	from day as d group by d.experiment
)
select e.alternatives, coalesce(a.participants, 0) as participants, coalesce(a.recent, 0) as exposures,
	coalesce(($2::timestamptz at time zone 'UTC')::date - a.first_day, 0) as days_before
from experiment as e left join arrived as a on a.experiment = e.nr
where e.id = $1 or ($1::text is null and e.status = 'ACTIVE' and e.selfcheck is null)
order by exposures desc, e.nr desc
limit 1
