-- The directory: what is known of users and devices, and what criteria are decided on.
create table profile (
	subject_id text collate "C" not null,
	attributes jsonb not null,
	terms text[] not null,
	changed_at timestamptz not null,
	constraint profile_once primary key (subject_id),
	constraint profile_subject check (
		left(subject_id, 2) in ('u:', 'd:') and octet_length(subject_id) between 3 and 130),
	constraint profile_attributes check (jsonb_typeof(attributes) = 'object')
);

comment on table profile is 'the directory of users (u:) and devices (d:)';
comment on column profile.terms is 'the attributes flattened and folded by the program';

create index profile_terms on profile using gin (terms);

grant select, insert, update, delete on profile to assay_app;

-- Experiments: small, read everywhere. Statuses and moves between them: core/experiment/lifecycle.c.
create table experiment (
	nr bigint generated always as identity,
	id text collate "C" not null,
	name text not null,
	description text not null,
	created_by text not null,
	updated_by text not null,
	created_at timestamptz not null,
	updated_at timestamptz not null,
	criteria jsonb,
	data jsonb not null,
	start_date date not null,
	end_date date,
	state integer not null,
	ended_at timestamptz,
	alternatives jsonb not null,
	default_alternative text,
	goals jsonb,
	traffic double precision not null,
	salt text not null,
	status text not null,
	status_msg text not null,
	version bigint not null default 1,
	audience_version bigint not null default 0,
	audience_generation bigint not null default 0,
	constraint experiment_pk primary key (nr),
	constraint experiment_id unique (id),
	constraint experiment_state check (state in (0, 1, 3)),
	constraint experiment_dates check (end_date >= start_date),
	constraint experiment_traffic check (traffic between 0 and 100)
);

comment on column experiment.nr is 'rows of subjects carry this number: an id may be used again';
comment on column experiment.audience_version is 'the version of its audience rows that is in effect; 0: none';
comment on column experiment.audience_generation is 'generation of the definitions at which audience changed';

-- The work of mapping, apart from the definition: it changes often and nobody else reads it.
create table audience_job (
	nr bigint not null,
	due_at timestamptz,
	worker text,
	next_version bigint not null default 0,
	users_matched bigint,
	devices_matched bigint,
	computed_at timestamptz,
	constraint audience_job_pk primary key (nr)
);

create table audience (
	subject_id text collate "C" not null,
	experiment bigint not null,
	version bigint not null,
	constraint audience_pk primary key (subject_id, experiment, version)
);

create index audience_experiment on audience (experiment, version);
create index profile_changed on profile (changed_at);

-- Where addresses are, by ranges that do not overlap; place {state, district, city, country}.
create table ip_location (
	first inet not null,
	last inet not null,
	place jsonb not null,
	constraint ip_location_pk primary key (first),
	constraint ip_location_order check (family(first) = family(last) and first <= last)
);

-- Answers to requests that made something, by the key of the caller and the caller's own key.
create table idempotency (
	key_id text not null,
	key text not null,
	request_hash text not null,
	answer jsonb not null,
	created_at timestamptz not null,
	constraint idempotency_pk primary key (key_id, key)
);

-- Counts up with every change of a definition or of an audience in effect: workers look at it at
-- most a second old.
alter table cache_epoch add definitions bigint not null default 0;

grant select, insert, update, delete on experiment, audience_job to assay_app;
grant select, insert, delete on audience to assay_app;
grant select, insert, update on idempotency to assay_app;
grant select on ip_location to assay_app;

-- Who writes profiles and who maps audiences agree by these. The statements in a function see what
-- was committed before each of them began, not before the function was called.

-- Holds a writer's lock until the transaction ends, then tells the generation of the definitions. A
-- mapping whose audience has come into effect waits until nobody holds one of before.
create function audience_write_lock(out generation bigint)
language plpgsql
set search_path from current
as $$
begin
	perform pg_advisory_xact_lock_shared(4702111, 1);
	select definitions into generation from cache_epoch;
end
$$;

-- Of the experiments decided, all of which have an audience in effect or none, these subjects are
-- in just those that matched names, subject by subject. The caller holds the profiles' rows.
create function audience_replace(subjects text[], decided bigint[], matched text[],
	experiments bigint[])
returns void
language plpgsql
set search_path from current
as $$
begin
	delete from audience as a using experiment as e
	where a.subject_id = any (subjects) and e.nr = any (decided)
		and a.experiment = e.nr and a.version = e.audience_version
		and not exists (
			select from unnest(matched, experiments) as m (subject_id, nr)
			where m.subject_id = a.subject_id and m.nr = a.experiment
		);
	insert into audience (subject_id, experiment, version)
	select m.subject_id, e.nr, e.audience_version
	from unnest(matched, experiments) as m (subject_id, nr)
	join experiment as e on e.nr = m.nr and e.audience_version > 0
	order by m.subject_id, e.nr
	on conflict do nothing;
end
$$;

-- Takes a subject out of the directory and out of every audience; tells how many rows there were.
create function audience_erase_subject(subject text, out profiles bigint, out audiences bigint)
language plpgsql
set search_path from current
as $$
begin
	perform audience_write_lock();
	delete from profile where subject_id = subject;
	get diagnostics profiles = row_count;
	delete from audience where subject_id = subject;
	get diagnostics audiences = row_count;
	if profiles > 0 then
		perform nextval('erasure');
	end if;
end
$$;

-- Counts erasures. A mapping that began before one may write the rows of who is gone.
create sequence erasure;

select nextval('erasure');

-- Waits until all have ended who had begun to write profiles or to erase, and tells how often it
-- was erased. Who begins afterwards sees what was committed before.
create function audience_wait_writers(out erased bigint)
language plpgsql
set search_path from current
as $$
begin
	perform set_config('lock_timeout', '0', true);
	perform pg_advisory_xact_lock(4702111, 1);
	select last_value into erased from erasure;
end
$$;

revoke execute on function audience_write_lock, audience_replace, audience_erase_subject, audience_wait_writers from public;
grant usage on sequence erasure to assay_app;
grant execute on function audience_write_lock, audience_replace, audience_erase_subject to assay_app;
