-- SPDX-License-Identifier: GPL-3.0-or-later
-- Makes sums of an experiment anew from the rows of its subjects: all of them, or (of_hours) those
-- of the participants by the day on which a window of so many hours ends. Rows do not know on which
-- day a number grew: participants are booked on the day of the exposure, conversions on that of the
-- first hit, and both, where there is a window, on the day on which it ends.
--
-- The first statement takes deltas, sums and counts in one snapshot: a row whose transaction has
-- not ended is in neither, and its delta stays. Folding waits meanwhile, or it would add deltas of
-- after the snapshot to sums that are replaced.
create or replace function result_count(of_experiment bigint, of_hours integer)
returns void
language plpgsql
set search_path from current
as $$
declare
	cells jsonb;
	bins jsonb;
begin
	perform pg_advisory_xact_lock(lock_class('result_fold'), 0);
	with no_delta as (
		delete from result_delta
		where experiment = of_experiment and (of_hours is null or goal = -of_hours)
	), no_cell as (
		delete from result_cell
		where experiment = of_experiment and (of_hours is null or goal = -of_hours)
	), no_bin as (
		delete from result_histogram where experiment = of_experiment and of_hours is null
	), population as materialized (
		select 0 as goal, null::interval as length where of_hours is null
		union all
		select -w.hours, w.hours * interval '1 hour' from result_window as w
		where w.experiment = of_experiment and (of_hours is null or w.hours = of_hours)
	), windowed as materialized (
		select g.nr, g.window_to * interval '1 hour' as length
		from goal as g where g.window_to is not null
	), cell as (
		select p.goal, x.alternative, x.allocation, (greatest(x.exposed_at,
				coalesce(x.enrolled_at, x.exposed_at) + p.length) at time zone 'UTC')::date as day,
			count(*) filter (where not x.forced) as n, 0::numeric as sum, 0::numeric as squares,
			count(*) filter (where p.goal = 0 and not x.forced and x.earlier_exposures = 1) as multiple,
			count(*) filter (where p.goal = 0 and not x.forced and x.manual) as placed,
			count(*) filter (where x.forced) as forced
		from exposure as x join population as p on p.goal = 0 or not x.forced
		where x.experiment = of_experiment
		group by p.goal, x.alternative, x.allocation, day
		union all
		select c.goal, c.alternative, c.allocation, (case when w.nr is null then c.first_at
				else greatest(c.last_at, c.exposed_at + w.length) end at time zone 'UTC')::date as day,
			count(*), sum(c.hits), sum(c.hits::numeric * c.hits), 0, 0, 0
		from conversion as c left join windowed as w on w.nr = c.goal
		where c.experiment = of_experiment and not c.forced and of_hours is null
		group by c.goal, c.alternative, c.allocation, day
	), often as (
		select c.goal, c.alternative, c.hits, count(*) as subjects
		from conversion as c
		where c.experiment = of_experiment and not c.forced and of_hours is null
		group by c.goal, c.alternative, c.hits
	), binned as (
		select o.goal, o.alternative, result_bin(o.hits) as bin, sum(o.subjects) as subjects,
			sum(o.hits::numeric * o.subjects) as hits
		from often as o group by o.goal, o.alternative, result_bin(o.hits)
	)
	select (select jsonb_agg(to_jsonb(c)) from cell as c),
		(select jsonb_agg(to_jsonb(b)) from binned as b)
	into cells, bins;
	insert into result_cell (experiment, goal, alternative, allocation, day, before, n, sum, squares,
		multiple, placed, forced)
	select of_experiment, c.goal, c.alternative, c.allocation, k.day, 0, sum(c.n), sum(c.sum),
		sum(c.squares), sum(c.multiple), sum(c.placed), sum(c.forced)
	from jsonb_to_recordset(cells) as c (goal bigint, alternative integer, allocation bigint, day date,
		n bigint, sum numeric, squares numeric, multiple bigint, placed bigint, forced bigint)
	cross join lateral (values (c.day), ('-infinity'::date)) as k (day)
	group by c.goal, c.alternative, c.allocation, k.day;
	insert into result_histogram (experiment, goal, alternative, bin, subjects, hits)
	select of_experiment, b.goal, b.alternative, b.bin, b.subjects, b.hits
	from jsonb_to_recordset(bins) as b (goal bigint, alternative integer, bin bigint, subjects bigint,
		hits numeric);
	insert into result_ledger as l (experiment, version) values (of_experiment, 1)
	on conflict (experiment) do update set version = l.version + 1;
end
$$;

revoke execute on function result_count from public;
