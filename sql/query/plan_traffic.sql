-- The alternatives of experiment $1, and how many participants it had on days after that of $2; with null
-- for $1, of the experiment in effect that had most. No row when there is none.
-- reach: all
-- retry: yes
with arrived as (
	select c.experiment, sum(c.n)::bigint as n from (
		select experiment, n from result_cell
		where goal = 0 and day > ($2::timestamptz at time zone 'UTC')::date
		union all
		select experiment, n from result_delta
		where goal = 0 and day > ($2::timestamptz at time zone 'UTC')::date
	) as c
	group by c.experiment
)
select e.alternatives, coalesce(a.n, 0) as exposures
from experiment as e left join arrived as a on a.experiment = e.nr
where e.id = $1 or ($1::text is null and e.status = 'ACTIVE')
order by exposures desc, e.nr desc
limit 1
