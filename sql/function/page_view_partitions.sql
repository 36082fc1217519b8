-- SPDX-License-Identifier: GPL-3.0-or-later
-- Creates the partition of each day from first to last, drops the partitions that lie wholly
-- before cutoff, and deletes what is older than cutoff from the default partition. A day of which
-- the default partition already holds rows can have no partition of its own and is skipped.
create or replace function page_view_partitions(first date, last date, cutoff timestamptz)
returns table (made integer, dropped integer, deleted bigint)
language plpgsql
set search_path from current
as $$
declare
	day date;
	part text;
	child record;
begin
	made := 0;
	dropped := 0;
	for day in select d::date from generate_series(first, last, interval '1 day') d loop
		part := 'page_view_' || to_char(day, 'YYYYMMDD');
		continue when to_regclass(part) is not null;
		continue when exists (select from page_view_default
		    where viewed_at >= day::timestamp at time zone 'UTC'
		    and viewed_at < (day + 1)::timestamp at time zone 'UTC');
		execute format('create table %I (like page_view including all)', part);
		execute format('alter table page_view attach partition %I for values from (%L) to (%L)',
		    part, day::timestamp at time zone 'UTC', (day + 1)::timestamp at time zone 'UTC');
		made := made + 1;
	end loop;
	for child in
		select c.relname, to_date(right(c.relname, 8), 'YYYYMMDD') as day
		from pg_inherits i join pg_class c on c.oid = i.inhrelid
		where i.inhparent = 'page_view'::regclass and c.relname ~ '^page_view_[0-9]{8}$'
	loop
		continue when (child.day + 1)::timestamp at time zone 'UTC' > cutoff;
		execute format('drop table %I', child.relname);
		dropped := dropped + 1;
	end loop;
	delete from page_view_default where viewed_at < cutoff;
	get diagnostics deleted = row_count;
	return next;
end
$$;

revoke execute on function page_view_partitions from public;
