-- The goal of each self-check that is enabled: the one with most conversions of its participants on
-- the last 28 days, as of $1. It stays that one as long as it has half as many as the first.
-- reach: definitions
-- retry: yes
-- role: owner
with chosen as (
	select e.nr, e.goals ->> 0 as name from experiment as e
	where e.selfcheck is not null and e.state = 1
), counted as (
	select c.experiment, g.nr, g.name, sum(c.n) as n
	from chosen as e
	join result_cell as c on c.experiment = e.nr and c.goal >= 100
		and c.day > ($1::timestamptz at time zone 'UTC')::date - 28
	join goal as g on g.nr = c.goal and g.retired_at is null
	group by c.experiment, g.nr, g.name
	having sum(c.n) > 0
), first as (
	select distinct on (c.experiment) c.experiment, c.name, c.n from counted as c
	order by c.experiment, c.n desc, c.nr
)
update experiment as e set goals = jsonb_build_array(f.name), updated_at = $1::timestamptz
from first as f
where e.nr = f.experiment and e.selfcheck is not null and not exists (
	select 1 from counted as c
	where c.experiment = f.experiment and c.name = e.goals ->> 0 and 2 * c.n >= f.n
)
returning e.selfcheck, f.name as goal
