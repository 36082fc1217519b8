-- The alternatives of experiment $1, and how many exposures it had since $2; with null for $1, of
-- the experiment in effect that had most. No row when there is none.
-- reach: all
-- retry: yes
-- time: long
select e.alternatives, x.exposures
from experiment as e cross join lateral (
	select count(*) as exposures from exposure as x where x.experiment = e.nr
		and x.exposed_at >= $2::timestamptz
) as x
where e.id = $1 or ($1::text is null and e.status = 'ACTIVE')
order by x.exposures desc, e.nr desc
limit 1
