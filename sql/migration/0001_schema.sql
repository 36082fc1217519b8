-- SPDX-License-Identifier: GPL-3.0-or-later
-- The data model. Every statement sets the same search_path (assay) and time zone (UTC); the
-- program passes the clock in, so no column has a default that reads it.
--
-- Names: `nr` numbers a row and is never used again; `id` is what people chose and may be used
-- again. Times end in _at and actors in _by. A subject is a user ('u:' and the id), a device
-- ('d:') or a session ('s:'); every table about subjects begins its primary key with subject_id
-- and has no foreign key, so that the data can be spread over machines by subject. What those rows
-- refer to (experiments, goals, segmentations) is small, and its numbers are checked by the
-- statements that write.
--
-- 0001 holds definitions, subjects and what is computed from them; 0002 files of members, jobs,
-- access and the record of changes. How long rows are kept: sql/README.md.

create extension if not exists btree_gist;

-- ---------------------------------------------------------------------------------------------
-- The schema itself; schema_migration is there before the first migration runs

-- The functions and views of sql/function and sql/view as they were applied last: the digest of
-- each text.
create table schema_object (
	name text primary key,
	digest text not null,
	applied_at timestamptz not null
);

-- ---------------------------------------------------------------------------------------------
-- Whether what workers hold in memory is current (one row)

create table cache_epoch (
	one boolean primary key default true,
	value bigint not null,
	definitions bigint not null default 0,
	constraint cache_epoch_single check (one)
);

comment on column cache_epoch.value is
	'part of every cache key; while it lies ahead of the clock no cached record is trusted or made';
comment on column cache_epoch.definitions is
	'generation of the definitions: raised by each change of a definition or of an audience in effect';

insert into cache_epoch (value) values (0);

-- ---------------------------------------------------------------------------------------------
-- Definitions: what people make

-- Experiments and segmentations share one name space: both refer to a row here, which says which
-- of the two the id is.
create table id_registry (
	id text collate "C" not null,
	kind text not null,
	constraint id_registry_pk primary key (id),
	constraint id_registry_kind unique (id, kind),
	constraint id_registry_known check (kind in ('experiment', 'segmentation'))
);

-- Mutual exclusion: experiments of a layer share its slots, and each subject has one slot.
create table layer (
	nr bigint generated always as identity,
	id text collate "C" not null,
	unit text not null,
	salt text not null,
	description text not null,
	created_at timestamptz not null,
	constraint layer_pk primary key (nr),
	constraint layer_id unique (id),
	constraint layer_unit check (unit in ('user', 'device', 'session'))
);

create table experiment (
	nr bigint generated always as identity,
	id text collate "C" not null,
	kind text not null default 'experiment',
	name text not null,
	description text not null,
	created_by text not null,
	updated_by text not null,
	created_at timestamptz not null,
	updated_at timestamptz not null,
	criteria jsonb,
	referenced_ids text[] not null default '{}',
	data jsonb not null,
	start_date date not null,
	end_date date,
	state integer not null,
	ended_at timestamptz,
	status text not null,
	status_msg text not null,
	version bigint not null default 1,
	job_version bigint not null default 0,
	alternatives jsonb not null,
	alternative_ids jsonb not null,
	default_alternative text,
	allocation bigint not null default 1,
	allocation_weights jsonb not null,
	traffic double precision not null,
	salt text not null,
	layer bigint,
	goals jsonb,
	plan jsonb,
	audience_version bigint not null default 0,
	audience_generation bigint not null default 0,
	constraint experiment_pk primary key (nr),
	constraint experiment_id unique (id),
	constraint experiment_kind check (kind = 'experiment'),
	constraint experiment_name foreign key (id, kind) references id_registry (id, kind),
	constraint experiment_state check (state in (0, 1, 3)),
	constraint experiment_dates check (end_date >= start_date),
	constraint experiment_traffic check (traffic between 0 and 100)
);

comment on column experiment.criteria is 'who is in its audience; null: everybody';
comment on column experiment.referenced_ids is
	'ids of the segmentations and experiments that its criteria refer to';
comment on column experiment.state is '0 default (over), 1 enabled, 3 track; core/experiment/delivery.c';
comment on column experiment.status is
	'where it is in its life; moves between them: core/experiment/lifecycle.c';
comment on column experiment.version is 'counts changes by people';
comment on column experiment.job_version is 'counts changes by jobs';
comment on column experiment.alternatives is
	'[{id, name, weight?, enabled, ..}]; the id is the number that rows of subjects carry';
comment on column experiment.alternative_ids is
	'{name: id} of all alternatives that there ever were, so that one that comes back keeps its id; the
highest id is under the empty name';
comment on column experiment.default_alternative is 'shown to those who are not enrolled; null: control';
comment on column experiment.allocation is 'number of the allocation in force';
comment on column experiment.allocation_weights is
	'{alternative id: share of those who are drawn}; other weights are another allocation';
comment on column experiment.audience_version is
	'version of its audience rows that is in effect; 0: everybody or none yet, -1: nobody yet';
comment on column experiment.audience_generation is
	'generation of the definitions at which audience_version changed';

-- The orders in which definitions are listed, each with the number behind it, which tells equal
-- ones apart: a page begins by the index wherever it is. Names are ordered without regard to the
-- case of A to Z, which no version of a locale changes.
create index experiment_by_name on experiment (lower(name collate "C"), nr);
create index experiment_by_created on experiment (created_at, nr);
create index experiment_by_updated on experiment (updated_at, nr);
create index experiment_by_start on experiment (start_date, nr);

-- Every set of weights that was in force: what results expect of those enrolled meanwhile. It
-- outlives the experiment until the rows of its subjects are deleted (deleted_experiment_reap).
create table allocation (
	experiment bigint not null,
	nr bigint not null,
	allocation_weights jsonb not null,
	constraint allocation_pk primary key (experiment, nr)
);

-- A slot (0..9999) of a layer belongs to one experiment at most.
create table layer_slot (
	layer bigint not null,
	experiment bigint not null,
	slots int4range not null,
	constraint layer_slot_pk primary key (layer, experiment, slots),
	constraint layer_slot_bounds check (slots <@ int4range(0, 10000) and not isempty(slots)),
	constraint layer_slot_free exclude using gist (layer with =, slots with &&)
);

create index layer_slot_experiment on layer_slot (experiment);

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

comment on column goal.page is 'a view of the page of this name is a hit; null: hit by calls only';
comment on column goal.test is 'chi2: whether it was hit; mwu: how often';
comment on column goal.retired_at is 'no longer recorded since then; past counts are kept';

create index goal_page on goal (page) where page is not null and retired_at is null;

-- Numbers below 100 are built in.
insert into goal (nr, name, test, description, created_at) overriding system value values
	(1, '_retention_present_visits', 'mwu', 'Came back after 6 hours or more', 'epoch'),
	(2, '_retention_not_present_visits', 'mwu', 'Came, the first time included', 'epoch');

-- Named ways to divide users into groups: at random, by hand or by rules.
create table segmentation (
	nr bigint generated always as identity,
	id text collate "C" not null,
	kind text not null default 'segmentation',
	context text collate "C" not null,
	type text not null,
	name text not null,
	description text not null,
	groups jsonb not null,
	next_group bigint not null,
	overlap boolean not null,
	active boolean not null,
	parameters jsonb not null,
	salt text not null,
	referenced_ids text[] not null default '{}',
	version bigint not null default 1,
	created_at timestamptz not null,
	updated_at timestamptz not null,
	constraint segmentation_pk primary key (nr),
	constraint segmentation_id unique (id),
	constraint segmentation_overlaps unique (nr, overlap),
	constraint segmentation_kind check (kind = 'segmentation'),
	constraint segmentation_name foreign key (id, kind) references id_registry (id, kind),
	constraint segmentation_type check (type in ('random', 'manual', 'rule')),
	constraint segmentation_overlap check (not overlap or type = 'manual'),
	constraint segmentation_groups check (jsonb_typeof(groups) = 'array')
);

comment on column segmentation.groups is '[{id, name, ..}], with their rules where type is rule';
comment on column segmentation.next_group is 'id of the next new group: ids are never used again';
comment on column segmentation.overlap is 'a user may be in several groups';
comment on column segmentation.referenced_ids is 'ids that its rules refer to';

create index segmentation_context on segmentation (context, id);

-- ---------------------------------------------------------------------------------------------
-- Subjects: the directory

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

comment on table profile is 'the directory of users and devices';
comment on column profile.terms is
	'the attributes flattened and case-folded (core/audience/terms.c): what criteria are evaluated on';

create index profile_terms on profile using gin (terms);
create index profile_changed on profile (changed_at);
-- E-mail addresses as they are compared: ASCII letters in lower case.
create index profile_email on profile (lower((attributes ->> 'email') collate "C"))
where left(subject_id, 2) = 'u:' and octet_length(attributes ->> 'email') <= 254;

create table tag (
	subject_id text collate "C" not null,
	scope text collate "C" not null,
	key text collate "C" not null,
	value jsonb not null,
	updated_by text,
	updated_at timestamptz not null,
	constraint tag_once primary key (subject_id, scope, key),
	constraint tag_key check (key ~ '^[-_.a-zA-Z0-9]{1,255}$'),
	constraint tag_subject check (
		left(subject_id, 2) = 'u:' and octet_length(subject_id) between 3 and 130)
);

-- Who is in which group. The key holds a user in one group at most; where groups may overlap, in
-- each of them once. The segmentation's row is locked (for key share) by every statement that adds
-- members and deleted before its members are, so none can be left behind (segmentation_delete).
create table membership (
	subject_id text collate "C" not null,
	segmentation bigint not null,
	slot bigint not null,
	group_nr bigint not null,
	overlap boolean not null default false,
	source text not null,
	assigned_by text,
	assigned_at timestamptz not null,
	constraint membership_once primary key (subject_id, segmentation, slot),
	constraint membership_slot check (slot = case when overlap then group_nr else 0 end),
	constraint membership_source check (source in ('drawn', 'manual', 'upload')),
	constraint membership_subject check (
		left(subject_id, 2) = 'u:' and octet_length(subject_id) between 3 and 130)
);

comment on column membership.overlap is 'that of the segmentation';
comment on column membership.source is
	'drawn at random; manual: by hand; upload: by a file of members';

create index membership_segmentation_subject on membership (segmentation, subject_id)
	include (group_nr);

-- Who is in the audience of an experiment, by version: one is in effect
-- (experiment.audience_version), the next one is being written, others are deleted by the jobs.
create table audience (
	subject_id text collate "C" not null,
	experiment bigint not null,
	version bigint not null,
	constraint audience_pk primary key (subject_id, experiment, version)
);

create index audience_experiment on audience (experiment, version);

-- Counts erasures: an audience that was being computed meanwhile may hold who is erased.
create sequence erasure;

select nextval('erasure');

-- Where client addresses are: ranges that do not overlap.
create table ip_location (
	first inet not null,
	last inet not null,
	place jsonb not null,
	constraint ip_location_pk primary key (first),
	constraint ip_location_order check (family(first) = family(last) and first <= last)
);

comment on column ip_location.place is '{state, district, city, country}';

-- ---------------------------------------------------------------------------------------------
-- Subjects: what they did

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

comment on table page_view is 'a partition a day (page_view_partitions)';

-- Ranges of blocks by time, for the views of the last hour: views are stored nearly in order of
-- time, so this costs an insert next to nothing.
create index page_view_at on page_view using brin (viewed_at)
	with (pages_per_range = 32, autosummarize = on);

-- Views that are older than the first day's partition or later than the last.
create table page_view_default partition of page_view default;

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

comment on table enrolment is 'the alternative of a subject in an experiment';
comment on column enrolment.source is 'drawn by weight; forced by the request; set by hand';
comment on column enrolment.last_seen_at is 'the last visit that was counted';

create index enrolment_experiment on enrolment (experiment, subject_id) include (alternative);

create table exposure (
	subject_id text collate "C" not null,
	experiment bigint not null,
	alternative integer not null,
	allocation bigint not null,
	forced boolean not null,
	earlier_exposures integer not null,
	exposed_at timestamptz not null,
	manual boolean not null default false,
	constraint exposure_once primary key (subject_id, experiment, alternative)
);

comment on table exposure is 'a subject that counts was shown an alternative: a participant';
comment on column exposure.forced is 'left out of results';
comment on column exposure.earlier_exposures is 'exposures that the subject had before in the experiment';
comment on column exposure.manual is 'assigned by hand: left out of the sample ratio check';

-- Results are counted from this index alone, or the rows of one experiment would be fetched from
-- all over the table. The statistics tell how few days there are: without them one process alone
-- would count.
create index exposure_experiment on exposure (experiment, exposed_at)
	include (alternative, allocation, forced, earlier_exposures, manual);
create statistics exposure_day on ((exposed_at at time zone 'UTC')::date) from exposure;

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

-- Sessions that were confirmed to be used by a human: from then on their rows count.
create table confirmed (
	subject_id text collate "C" not null,
	confirmed_at timestamptz not null,
	constraint confirmed_pk primary key (subject_id)
);

-- Hits of sessions that are not confirmed yet: they become conversions, or expire.
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

-- Hits that named an event: each event counts once for a goal.
create table goal_event (
	subject_id text collate "C" not null,
	event_id text collate "C" not null,
	recorded_at timestamptz not null,
	goal bigint not null,
	constraint goal_event_once primary key (subject_id, goal, event_id)
);

create index goal_event_at on goal_event (recorded_at);

-- ---------------------------------------------------------------------------------------------
-- What is computed from them

-- Counts of an experiment while they are current: whoever writes rows that count deletes them
-- (result_invalidate). data is null while somebody counts.
create table result (
	experiment bigint not null,
	result_version bigint not null,
	counted_at timestamptz not null,
	data jsonb,
	constraint result_pk primary key (experiment)
);

create sequence result_version;

create table page_view_hour (
	hour timestamptz primary key,
	views bigint not null,
	pages jsonb not null
);

comment on table page_view_hour is
	'page views by hour of their time, with those viewed most [[name, views], ..]; of no subject';

create table page_view_week (
	one boolean primary key default true,
	counted_at timestamptz not null,
	hours json not null,
	days json not null,
	pages json not null,
	constraint page_view_week_single check (one)
);

comment on table page_view_week is 'one row: views of the last 24 hours and 7 days, as they are shown';

-- ---------------------------------------------------------------------------------------------
-- Rights of the role that serves requests; those on functions and views stand with them

grant usage on schema assay to assay_app;
grant select on schema_migration, ip_location, page_view_week to assay_app;
grant select, update on cache_epoch to assay_app;
grant select, insert on allocation to assay_app;
grant select, insert, delete on id_registry, layer_slot to assay_app;
grant select, insert, update on goal to assay_app;
grant select, insert, update, delete on experiment, layer, segmentation, result to assay_app;

grant select, insert, delete on audience, confirmed, exposure, goal_event, page_view to assay_app;
grant select, insert, update, delete on profile, tag, membership, enrolment, conversion, waiting_goal
	to assay_app;
grant usage on sequence erasure, result_version to assay_app;
