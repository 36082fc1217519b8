-- Enrolment, exposure, goals, and the rows that results are computed from.

-- Names of alternatives may change; rows of subjects carry their number, which stays. numbers holds
-- every name that has one, so an alternative that comes back is the same again, and the highest
-- number under ''. shares tells what part of the draws goes to which number; each other set of shares is a split.
alter table experiment
	add numbers jsonb,
	add shares jsonb,
	add split bigint not null default 1,
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
		jsonb_object_agg(o ->> 'name', n) || jsonb_build_object('', max(n)) as numbers
	from part group by nr
)
update experiment as e
set alternatives = t.alternatives, numbers = t.numbers, shares = (
		select jsonb_object_agg(p.n::text, case when t.total > 0 then p.part / t.total else 0 end)
		from part as p where p.nr = t.nr)
from total as t where t.nr = e.nr;

update experiment set numbers = coalesce(numbers, '{}'), shares = coalesce(shares, '{}');

alter table experiment alter numbers set not null, alter shares set not null;

create table split (
	experiment bigint not null,
	nr bigint not null,
	shares jsonb not null,
	constraint split_pk primary key (experiment, nr)
);

comment on table split is 'shares in force: what results expect of those enrolled meanwhile';

insert into split (experiment, nr, shares) select nr, split, shares from experiment;

create table enrolment (
	subject_id text collate "C" not null,
	experiment bigint not null,
	alternative integer not null,
	split bigint not null,
	source text not null,
	enrolled_at timestamptz not null,
	last_seen timestamptz,
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
	split bigint not null,
	forced boolean not null,
	nth integer not null,
	at timestamptz not null,
	constraint exposure_once primary key (subject_id, experiment, alternative)
);

comment on table exposure is 'a confirmed subject was in an alternative: a participant';
comment on column exposure.forced is 'left out of results';
comment on column exposure.nth is 'exposures that the subject had before in the experiment';

-- All that results ask of a participant, or those of one experiment would be fetched from all over
-- the table; and how few days there are, or they would be counted by one process alone.
create index exposure_experiment on exposure (experiment, at)
	include (alternative, split, forced, nth);
create statistics exposure_day on ((at at time zone 'UTC')::date) from exposure;

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
	at timestamptz not null,
	constraint confirmed_pk primary key (subject_id)
);

comment on table confirmed is 'sessions behind which there is a human';

create table goal_event (
	subject_id text collate "C" not null,
	event_id text collate "C" not null,
	at timestamptz not null,
	constraint goal_event_once primary key (subject_id, event_id)
);

create index goal_event_at on goal_event (at);

-- Counts of an experiment while they are current: who writes rows that count deletes them.
create table result (
	experiment bigint not null,
	token bigint not null,
	counted_at timestamptz not null,
	data jsonb,
	constraint result_pk primary key (experiment)
);

create sequence result_token;

grant select, insert, update, delete on enrolment, conversion, waiting_goal, result to assay_app;
grant select, insert, delete on exposure, confirmed, goal_event to assay_app;
grant select, insert, update on goal to assay_app;
grant select, insert on split to assay_app;
grant usage on sequence result_token to assay_app;
