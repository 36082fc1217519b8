-- SPDX-License-Identifier: GPL-3.0-or-later
-- Makes the sums of an experiment anew from the rows of its subjects. Rows do not know on which day
-- a number grew: participants are booked on the day of the exposure, conversions on that of the
-- first hit.
--
-- The first statement takes deltas, sums and counts in one snapshot: a row whose transaction has
-- not ended is in neither, and its delta stays. Folding waits meanwhile, or it would add deltas of
-- after the snapshot to sums that are replaced.
create or replace function result_rebuild(of_experiment bigint)
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
		delete from result_delta where experiment = of_experiment
	), no_cell as (
		delete from result_cell where experiment = of_experiment
	), no_bin as (
		delete from result_histogram where experiment = of_experiment
	), cell as (
		select 0 as goal, x.alternative, x.allocation, (x.exposed_at at time zone 'UTC')::date as day,
			count(*) filter (where not x.forced) as n, 0::numeric as sum, 0::numeric as squares,
			count(*) filter (where not x.forced and x.earlier_exposures = 1) as multiple,
			count(*) filter (where not x.forced and x.manual) as placed,
			count(*) filter (where x.forced) as forced
		from exposure as x where x.experiment = of_experiment
		group by x.alternative, x.allocation, (x.exposed_at at time zone 'UTC')::date
		union all
		select c.goal, c.alternative, c.allocation, (c.first_at at time zone 'UTC')::date, count(*),
			sum(c.hits), sum(c.hits::numeric * c.hits), 0, 0, 0
		from conversion as c where c.experiment = of_experiment and not c.forced
		group by c.goal, c.alternative, c.allocation, (c.first_at at time zone 'UTC')::date
	), often as (
		select c.goal, c.alternative, c.hits, count(*) as subjects
		from conversion as c where c.experiment = of_experiment and not c.forced
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

revoke execute on function result_rebuild from public;
