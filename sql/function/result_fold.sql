-- SPDX-License-Identifier: GPL-3.0-or-later
-- Folds at most so many deltas into the sums and tells how many. Any number of these may run at
-- once: each takes deltas that no other holds, and they update the sums in one order. A rebuild
-- keeps them out, because it replaces sums by what it counted before them.
create or replace function result_fold(most integer)
returns bigint
language plpgsql
set search_path from current
as $$
declare
	folded bigint;
begin
	if not pg_try_advisory_xact_lock_shared(lock_class('result_fold'), 0) then
		return 0;
	end if;
	with taken as materialized (
		delete from result_delta as d using (
			select q.nr from result_delta as q
			order by q.nr limit most for update skip locked
		) as oldest
		where d.nr = oldest.nr
		returning d.*
	), summed as (
		select t.experiment, t.goal, t.alternative, t.allocation, k.day, t.before, sum(t.n) as n,
			sum(t.sum) as sum, sum(t.squares) as squares, sum(t.multiple) as multiple,
			sum(t.placed) as placed, sum(t.forced) as forced
		from taken as t cross join lateral (values (t.day), ('-infinity'::date)) as k (day)
		group by t.experiment, t.goal, t.alternative, t.allocation, k.day, t.before
	), cell as (
		insert into result_cell as c (experiment, goal, alternative, allocation, day, before, n, sum,
			squares, multiple, placed, forced)
		select s.experiment, s.goal, s.alternative, s.allocation, s.day, s.before, s.n, s.sum,
			s.squares, s.multiple, s.placed, s.forced
		from summed as s
		where s.n <> 0 or s.sum <> 0 or s.squares <> 0 or s.multiple <> 0 or s.placed <> 0
			or s.forced <> 0
		order by s.experiment, s.goal, s.alternative, s.allocation, s.day, s.before
		on conflict (experiment, goal, alternative, allocation, day, before) do update
		set n = c.n + excluded.n, sum = c.sum + excluded.sum,
			squares = c.squares + excluded.squares, multiple = c.multiple + excluded.multiple,
			placed = c.placed + excluded.placed, forced = c.forced + excluded.forced
	), moved as (
		select t.experiment, t.goal, t.alternative, result_bin(m.hits) as bin,
			sum(m.subjects) as subjects, sum(m.subjects * m.hits::numeric) as hits
		from taken as t
		cross join lateral (values (t.hits_from, -1), (t.hits_to, 1)) as m (hits, subjects)
		where m.hits is not null
		group by t.experiment, t.goal, t.alternative, bin
	), histogram as (
		insert into result_histogram as h (experiment, goal, alternative, bin, subjects, hits)
		select m.experiment, m.goal, m.alternative, m.bin, m.subjects, m.hits
		from moved as m where m.subjects <> 0 or m.hits <> 0
		order by m.experiment, m.goal, m.alternative, m.bin
		on conflict (experiment, goal, alternative, bin) do update
		set subjects = h.subjects + excluded.subjects, hits = h.hits + excluded.hits
	), told as (
		insert into result_ledger as l (experiment, version)
		select distinct t.experiment, 1 from taken as t order by 1
		on conflict (experiment) do update set version = l.version + 1
	)
	select count(*) into folded from taken;
	return folded;
end
$$;

revoke execute on function result_fold from public;
