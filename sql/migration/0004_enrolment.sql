-- Enrolment, exposure, goals, and the rows that results are computed from.

-- Names of alternatives may change; rows of subjects carry their number, which stays. alternative_ids holds
-- every name that has one, so an alternative that comes back is the same again, and the highest
-- number under ''. allocation_weights tells what part of the draws goes to which number; each other set of weights is an allocation.
alter table experiment
	add alternative_ids jsonb,
	add allocation_weights jsonb,
	add allocation bigint not null default 1,
	add plan jsonb;

with arm as (
	select e.nr, a.o, a.n, bool_and(a.o ->> 'weight' is not null) over w as weighted
	from experiment as e, jsonb_array_elements(e.alternatives) with ordinality as a (o, n)
	window w as (partition by e.nr)
), part as (
	select nr, o, n, case when not (o ->> 'enabled')::boolean then 0
		when weighted then (o ->> 'weight')::double precision else 1 end as part
	from arm
), total as (
	select nr, sum(part) as total,
		jsonb_agg(o || jsonb_build_object('id', n) order by n) as alternatives,
		jsonb_object_agg(o ->> 'name', n) || jsonb_build_object('', max(n)) as alternative_ids
	from part group by nr
)
update experiment as e
set alternatives = t.alternatives, alternative_ids = t.alternative_ids, allocation_weights = (
		select jsonb_object_agg(p.n::text, case when t.total > 0 then p.part / t.total else 0 end)
		from part as p where p.nr = t.nr)
from total as t where t.nr = e.nr;

update experiment set alternative_ids = coalesce(alternative_ids, '{}'), allocation_weights = coalesce(allocation_weights, '{}');

alter table experiment alter alternative_ids set not null, alter allocation_weights set not null;

create table allocation (
	experiment bigint not null,
	nr bigint not null,
	allocation_weights jsonb not null,
	constraint allocation_pk primary key (experiment, nr)
);

comment on table allocation is 'weights in force: what results expect of those enrolled meanwhile';

insert into allocation (experiment, nr, allocation_weights) select nr, allocation, allocation_weights from experiment;

create table enrolment (
	subject_id text collate "C" not null,
	experiment bigint not null,
	alternative integer not null,
	allocation bigint not null,
	source text not null,
	enrolled_at timestamptz not null,
	last_seen_at timestamptz,
	constraint enrolment_once primary key (subject_id, experiment),
	constraint enrolment_source check (source in ('drawn', 'forced', 'set')),
	constraint enrolment_subject check (
		left(subject_id, 2) in ('u:', 'd:', 's:') and octet_length(subject_id) between 3 and 130)
);

comment on table enrolment is 'a subject has an alternative: made once';

create index enrolment_experiment on enrolment (experiment, subject_id) include (alternative);

create table exposure (
	subject_id text collate "C" not null,
	experiment bigint not null,
	alternative integer not null,
	allocation bigint not null,
	forced boolean not null,
	earlier_exposures integer not null,
	exposed_at timestamptz not null,
	constraint exposure_once primary key (subject_id, experiment, alternative)
);

comment on table exposure is 'a confirmed subject was in an alternative: a participant';
comment on column exposure.forced is 'left out of results';
comment on column exposure.earlier_exposures is 'exposures that the subject had before in the experiment';

-- All that results ask of a participant, or those of one experiment would be fetched from all over
-- the table; and how few days there are, or they would be counted by one process alone.
create index exposure_experiment on exposure (experiment, exposed_at)
	include (alternative, allocation, forced, earlier_exposures);
create statistics exposure_day on ((exposed_at at time zone 'UTC')::date) from exposure;

create table goal (
	nr bigint generated always as identity (start with 100),
	name text collate "C" not null,
	page text collate "C",
	test text not null,
	description text not null,
	created_at timestamptz not null,
	retired_at timestamptz,
	constraint goal_pk primary key (nr),
	constraint goal_name unique (name),
	constraint goal_test check (test in ('chi2', 'mwu'))
);

create index goal_page on goal (page) where page is not null and retired_at is null;

insert into goal (nr, name, test, description, created_at) overriding system value values
	(1, '_retention_present_visits', 'mwu', 'Came back after 6 hours or more', 'epoch'),
	(2, '_retention_not_present_visits', 'mwu', 'Came, the first time included', 'epoch');

create table conversion (
	subject_id text collate "C" not null,
	experiment bigint not null,
	alternative integer not null,
	goal bigint not null,
	hits bigint not null,
	forced boolean not null,
	first_at timestamptz not null,
	last_at timestamptz not null,
	constraint conversion_once primary key (subject_id, experiment, alternative, goal),
	constraint conversion_hits check (hits > 0)
);

create index conversion_experiment on conversion (experiment);

create table waiting_goal (
	subject_id text collate "C" not null,
	experiment bigint not null,
	alternative integer not null,
	goal bigint not null,
	hits bigint not null,
	first_at timestamptz not null,
	expires_at timestamptz not null,
	constraint waiting_goal_once primary key (subject_id, experiment, alternative, goal)
);

comment on table waiting_goal is 'hits of sessions not confirmed yet';

create table confirmed (
	subject_id text collate "C" not null,
	confirmed_at timestamptz not null,
	constraint confirmed_pk primary key (subject_id)
);

comment on table confirmed is 'sessions behind which there is a human';

create table goal_event (
	subject_id text collate "C" not null,
	event_id text collate "C" not null,
	recorded_at timestamptz not null,
	constraint goal_event_once primary key (subject_id, event_id)
);

create index goal_event_at on goal_event (recorded_at);

-- Counts of an experiment while they are current: who writes rows that count deletes them.
create table result (
	experiment bigint not null,
	result_version bigint not null,
	counted_at timestamptz not null,
	data jsonb,
	constraint result_pk primary key (experiment)
);

create sequence result_version;

grant select, insert, update, delete on enrolment, conversion, waiting_goal, result to assay_app;
grant select, insert, delete on exposure, confirmed, goal_event to assay_app;
grant select, insert, update on goal to assay_app;
grant select, insert on allocation to assay_app;
grant usage on sequence result_version to assay_app;
