-- SPDX-License-Identifier: GPL-3.0-or-later
-- Called when counts are wanted and none are kept. The first caller counts: it gets a
-- result_version by which to keep the counts, or none while somebody is writing. Others get what
-- the first one kept: they wait up to 3 seconds for it, but not for one that began before that. A
-- version that is still there is good for another caller, too: nobody has written since.
create or replace function result_begin(counted bigint, now timestamptz, out result_version bigint,
	out data jsonb,
	out counted_at timestamptz)
language plpgsql
set search_path from current
as $$
#variable_conflict use_column
declare
	key integer := counted % 2147483647;
	first boolean := false;
begin
	for turn in 1 .. 100 loop
		first := first or pg_try_advisory_xact_lock(lock_class('result_counter'), key);
		select r.data, r.counted_at into data, counted_at
		from result as r where r.experiment = counted;
		if data is not null then
			return;
		end if;
		exit when first and coalesce(counted_at < now - interval '3 seconds', true);
		perform pg_sleep(0.03);
	end loop;
	counted_at := now;
	if pg_try_advisory_xact_lock(lock_class('result_writer'), key) then
		insert into result as r (experiment, result_version, counted_at, data)
		values (counted, nextval('result_version'), now, null)
		on conflict (experiment) do update set counted_at = excluded.counted_at
		returning r.result_version into result_version;
	end if;
end
$$;

revoke execute on function result_begin from public;
grant execute on function result_begin to assay_app;
