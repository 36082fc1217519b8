-- Page views, API keys and the cache epoch. Times are UTC; the program passes the clock in.
-- Every table about a subject starts its primary key with subject_id ('u:' user, 's:' session),
-- so that the data can be spread by it.

create table page_view (
	subject_id text collate "C" not null,
	viewed_at timestamptz(3) not null,
	name text not null,
	url text,
	referrer text,
	constraint page_view_once primary key (subject_id, viewed_at),
	constraint page_view_subject check (
		left(subject_id, 2) in ('u:', 's:') and octet_length(subject_id) between 3 and 130)
) partition by range (viewed_at);

comment on table page_view is 'one row per page seen by a subject at an instant; a day a partition';

-- The net below the day partitions: views older than the first of them, or ahead of the last.
create table page_view_default partition of page_view default;

create table api_key (
	id text primary key,
	kind text not null,
	name text not null,
	secret_hash bytea not null,
	origins text[] not null default '{}',
	created_at timestamptz not null,
	expires_at timestamptz,
	revoked_at timestamptz,
	last_used_at timestamptz,
	constraint api_key_id check (id ~ '^[0-9a-f]{8}$'),
	constraint api_key_kind check (kind in ('client', 'server', 'admin')),
	constraint api_key_secret check (octet_length(secret_hash) = 32)
);

comment on table api_key is 'who may call; of the secret only a BLAKE2b-256 digest is kept';

-- A single row. While value lies ahead of the clock no cached record is trusted or made;
-- afterwards it is a part of every cache key.
create table cache_epoch (
	one boolean primary key default true,
	value bigint not null,
	constraint cache_epoch_single check (one)
);

insert into cache_epoch (value) values (0);

-- Makes the partition of each day from first to last, drops the partitions that lie wholly
-- before cutoff, and deletes what is older than cutoff from the default partition. A day of
-- which the default partition already holds rows cannot get its own any more and is left out.
create function page_view_partitions(first date, last date, cutoff timestamptz)
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

comment on function page_view_partitions is 'partitions ahead and retention, run by assay jobs';

revoke execute on function page_view_partitions from public;
grant usage on schema assay to assay_app;
grant select, insert, delete on page_view to assay_app;
grant select on api_key to assay_app;
grant update (last_used_at) on api_key to assay_app;
grant select, update on cache_epoch to assay_app;
grant select on schema_migration to assay_app;
