-- Counts the rows of the subjects of experiment $1 and returns each sum of the ledger that says
-- something else: goal, alternative, allocation (or the hits of a bin), what was counted and what
-- the ledger has. Of windows that end later, every day is compared: nothing is booked there but what
-- the rows say. In one snapshot, so it may run beside everything.
-- reach: all
-- retry: yes
-- time: long
with window_kept as materialized (
	select w.hours, w.hours * interval '1 hour' as length from result_window as w
	where w.experiment = $1::bigint and w.built_at is not null
), windowed as materialized (
	select g.nr, g.window_to * interval '1 hour' as length
	from goal as g where g.window_to is not null
), counted as (
	select 0::bigint as goal, x.alternative, x.allocation,
		count(*) filter (where not x.forced)::numeric as n,
		0::numeric as sum, 0::numeric as squares,
		count(*) filter (where not x.forced and x.earlier_exposures = 1)::numeric as multiple,
		count(*) filter (where not x.forced and x.manual)::numeric as placed,
		count(*) filter (where x.forced)::numeric as forced
	from exposure as x where x.experiment = $1::bigint
	group by x.alternative, x.allocation
	union all
	select -k.hours, x.alternative, x.allocation, count(*), 0, 0, 0, 0, 0
	from exposure as x cross join window_kept as k
	where x.experiment = $1::bigint and not x.forced
	group by k.hours, x.alternative, x.allocation
	union all
	select c.goal, c.alternative, c.allocation, count(*), sum(c.hits), sum(c.hits::numeric * c.hits),
		0, 0, 0
	from conversion as c where c.experiment = $1::bigint and not c.forced
	group by c.goal, c.alternative, c.allocation
), fresh as materialized (
	select d.* from result_delta as d where d.experiment = $1::bigint
		and (d.goal >= 0 or d.goal in (select -k.hours from window_kept as k))
), folded as materialized (
	select r.* from result_cell as r where r.experiment = $1::bigint
		and (r.goal >= 0 or r.goal in (select -k.hours from window_kept as k))
), kept as (
	select c.goal, c.alternative, c.allocation, sum(c.n) as n, sum(c.sum) as sum,
		sum(c.squares) as squares,
		sum(c.multiple) as multiple, sum(c.placed) as placed, sum(c.forced) as forced
	from (
		select goal, alternative, allocation, n, sum, squares, multiple, placed, forced
		from folded where day = '-infinity'
		union all
		select goal, alternative, allocation, n, sum, squares, multiple, placed, forced from fresh
	) as c
	group by c.goal, c.alternative, c.allocation
), daily as (
	select c.goal, c.alternative, c.allocation, sum(c.n) as n, sum(c.sum) as sum,
		sum(c.squares) as squares
	from (
		select goal, alternative, allocation, n, sum, squares
		from folded where day > '-infinity'
		union all
		select goal, alternative, allocation, n, sum, squares from fresh
	) as c
	group by c.goal, c.alternative, c.allocation
), counted_open as (
	select -k.hours as goal, x.alternative, x.allocation,
		((coalesce(x.enrolled_at, x.exposed_at) + k.length) at time zone 'UTC')::date as day,
		count(*)::numeric as n, 0::numeric as sum
	from exposure as x cross join window_kept as k
	where x.experiment = $1::bigint and not x.forced
	group by k.hours, x.alternative, x.allocation, day
	union all
	select c.goal, c.alternative, c.allocation,
		((c.exposed_at + w.length) at time zone 'UTC')::date as day, count(*), sum(c.hits)
	from conversion as c join windowed as w on w.nr = c.goal
	where c.experiment = $1::bigint and not c.forced
	group by c.goal, c.alternative, c.allocation, day
), kept_open as (
	select c.goal, c.alternative, c.allocation, c.day, sum(c.n) as n, sum(c.sum) as sum
	from (
		select goal, alternative, allocation, day, n, sum from folded where day > '-infinity'
		union all
		select goal, alternative, allocation, day, n, sum from fresh
	) as c
	group by c.goal, c.alternative, c.allocation, c.day
), counted_bin as (
	select c.goal, c.alternative, result_bin(c.hits) as bin, count(*)::numeric as subjects,
		sum(c.hits)::numeric as hits
	from conversion as c where c.experiment = $1::bigint and not c.forced
	group by c.goal, c.alternative, result_bin(c.hits)
), kept_bin as (
	select b.goal, b.alternative, b.bin, sum(b.subjects) as subjects, sum(b.hits) as hits
	from (
		select goal, alternative, bin, subjects::numeric as subjects, hits
		from result_histogram where experiment = $1::bigint
		union all
		select f.goal, f.alternative, result_bin(m.hits), m.subjects, m.subjects * m.hits::numeric
		from fresh as f
		cross join lateral (values (f.hits_from, -1), (f.hits_to, 1)) as m (hits, subjects)
		where m.hits is not null
	) as b
	group by b.goal, b.alternative, b.bin
), compared as (
	select 'total' as part, goal, alternative, allocation as place,
		jsonb_build_array(coalesce(a.n, 0), coalesce(a.sum, 0), coalesce(a.squares, 0),
			coalesce(a.multiple, 0), coalesce(a.placed, 0), coalesce(a.forced, 0)) as counted,
		jsonb_build_array(coalesce(k.n, 0), coalesce(k.sum, 0), coalesce(k.squares, 0),
			coalesce(k.multiple, 0), coalesce(k.placed, 0), coalesce(k.forced, 0)) as kept
	from counted as a full join kept as k using (goal, alternative, allocation)
	union all
	select 'days', goal, alternative, allocation,
		jsonb_build_array(coalesce(a.n, 0), coalesce(a.sum, 0), coalesce(a.squares, 0)),
		jsonb_build_array(coalesce(k.n, 0), coalesce(k.sum, 0), coalesce(k.squares, 0))
	from counted as a full join daily as k using (goal, alternative, allocation)
	union all
	select 'window that ends ' || day, goal, alternative, allocation,
		jsonb_build_array(coalesce(a.n, 0), coalesce(a.sum, 0)),
		jsonb_build_array(coalesce(k.n, 0), coalesce(k.sum, 0))
	from counted_open as a full join kept_open as k using (goal, alternative, allocation, day)
	where day > (transaction_timestamp() at time zone 'UTC')::date
	union all
	select 'histogram', goal, alternative, bin,
		jsonb_build_array(coalesce(a.subjects, 0), coalesce(a.hits, 0)),
		jsonb_build_array(coalesce(k.subjects, 0), coalesce(k.hits, 0))
	from counted_bin as a full join kept_bin as k using (goal, alternative, bin)
)
select part, goal, alternative, place, counted, kept from compared where counted <> kept
order by part, goal, alternative, place
