-- What the jobs count, summed over their processes and restarts; workers show it.
create table job_counter (
	name text not null,
	value double precision not null,
	constraint job_counter_pk primary key (name)
);

grant select on job_counter to assay_app;

-- Imports of profiles that no mapping has taken into account yet. One that came to its end has said
-- so and is gone from here; the job takes care of one that is not heard of any more.
create table bulk_import (
	id text not null,
	kind text not null,
	changed_at timestamptz not null,
	constraint bulk_import_pk primary key (id),
	constraint bulk_import_kind check (kind in ('user', 'device'))
);

comment on column bulk_import.changed_at is 'when it last changed profiles';

alter table experiment add job_version bigint not null default 0;

comment on column experiment.version is 'counts what people changed';
comment on column experiment.job_version is 'counts what jobs changed';

-- Waits until all have ended who had begun to write profiles or to erase. Who begins afterwards sees
-- what was committed before, and waits for nobody: no lock is queued for. Tells how often it was
-- erased: before counts none that had not ended when this returned, after all that had begun when it
-- was called.
drop function audience_wait_writers;

create function audience_wait_writers(out erased_before bigint, out erased_after bigint)
language plpgsql
set search_path from current
as $$
declare
	here oid;
	writers text[];
begin
	select last_value into erased_before from erasure;
	select oid into here from pg_database where datname = current_database();
	select array_agg(virtualtransaction) into writers from pg_locks
	where locktype = 'advisory' and database = here and classid = 4702111 and objid = 1
		and objsubid = 2 and pid <> pg_backend_pid();
	while exists (
		select from pg_locks
		where locktype = 'advisory' and database = here and classid = 4702111 and objid = 1
			and objsubid = 2 and virtualtransaction = any (writers)
	) loop
		perform pg_sleep(0.002);
	end loop;
	select last_value into erased_after from erasure;
end
$$;

revoke execute on function audience_wait_writers from public;
