-- Segmentations: named ways to divide users into groups; who is in which; tags.

-- One name space for experiments and segmentations, held by the database: both refer to a row here
-- that says which of the two the id is.
create table id_registry (
	id text collate "C" not null,
	kind text not null,
	constraint id_registry_pk primary key (id),
	constraint id_registry_kind unique (id, kind),
	constraint id_registry_known check (kind in ('experiment', 'segmentation'))
);

insert into id_registry (id, kind) select id, 'experiment' from experiment;

alter table experiment
	add kind text not null default 'experiment',
	add referenced_ids text[] not null default '{}',
	add constraint experiment_kind check (kind = 'experiment'),
	add constraint experiment_name foreign key (id, kind) references id_registry (id, kind);

comment on column experiment.referenced_ids is 'ids of the segmentations that its criteria refer to';

create table segmentation (
	nr bigint generated always as identity,
	id text collate "C" not null,
	kind text not null default 'segmentation',
	context text collate "C" not null,
	type text not null,
	name text not null,
	description text not null,
	groups jsonb not null,
	rule jsonb,
	overlap boolean not null,
	active boolean not null,
	parameters jsonb not null,
	salt text not null,
	next_group bigint not null,
	referenced_ids text[] not null default '{}',
	version bigint not null default 1,
	created_at timestamptz not null,
	updated_at timestamptz not null,
	constraint segmentation_pk primary key (nr),
	constraint segmentation_id unique (id),
	constraint segmentation_overlaps unique (nr, overlap),
	constraint segmentation_kind check (kind = 'segmentation'),
	constraint segmentation_type check (type in ('random', 'manual', 'rule')),
	constraint segmentation_overlap check (not overlap or type = 'manual'),
	constraint segmentation_groups check (jsonb_typeof(groups) = 'array'),
	constraint segmentation_name foreign key (id, kind) references id_registry (id, kind)
);

comment on column segmentation.referenced_ids is 'ids that its rules refer to';
comment on column segmentation.next_group is 'numbers of groups are never used again';

create index segmentation_context on segmentation (context, id);

-- The key holds a user in one group at most; where groups may overlap, in each of them once.
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
		left(subject_id, 2) = 'u:' and octet_length(subject_id) between 3 and 130),
	constraint membership_segmentation foreign key (segmentation, overlap)
		references segmentation (nr, overlap) on delete cascade
);

create index membership_segmentation_subject on membership (segmentation, subject_id)
	include (group_nr);

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

alter table api_key add tag_prefix text not null default '';

comment on column api_key.tag_prefix is 'keys of tags that may be written begin so';

grant select, insert, delete on id_registry to assay_app;
grant select, insert, update, delete on segmentation, membership, tag to assay_app;

-- Puts a subject into a group. how 'drawn' keeps what is there, but for a group in gone; 'manual' and
-- 'upload' move. Answers the group afterwards, whether this call changed anything, and the group
-- before (null: none).
create function membership_assign(subject text, of_segmentation bigint, to_group bigint, gone bigint,
	how text, who text, now timestamptz, out group_nr bigint, out made boolean,
	out previous bigint)
language plpgsql
set search_path from current
as $$
#variable_conflict use_column
declare
	overlapping boolean;
	in_slot bigint;
begin
	select s.overlap into overlapping from segmentation as s where s.nr = of_segmentation;
	if not found then
		return;
	end if;
	in_slot := case when overlapping then to_group else 0 end;
	group_nr := to_group;
	-- What is in the way may be taken away before it can be held: then there is room again.
	loop
		insert into membership as m (subject_id, segmentation, slot, group_nr, overlap, source, assigned_by,
			assigned_at)
		values (subject, of_segmentation, in_slot, to_group, overlapping, how, who, now)
		on conflict do nothing;
		made := found;
		if made then
			return;
		end if;
		select m.group_nr into previous from membership as m
		where m.subject_id = subject and m.segmentation = of_segmentation and m.slot = in_slot
		for update;
		exit when found;
	end loop;
	if previous = to_group then
		return;
	end if;
	if how = 'drawn' and (gone is null or previous <> gone) then
		group_nr := previous;
		return;
	end if;
	update membership as m
	set group_nr = to_group, source = how, assigned_by = who, assigned_at = now
	where m.subject_id = subject and m.segmentation = of_segmentation and m.slot = in_slot;
	made := found;
end
$$;

-- Writes tags of a subject in one scope: keys with values as JSON texts, null takes the tag away. All
-- or, when the subject would have more than most, none: made is null then.
create function tag_put(subject text, in_scope text, keys text[], texts text[], who text,
	now timestamptz, most bigint, out made bigint, out gone bigint)
language plpgsql
set search_path from current
as $$
#variable_conflict use_column
declare
	others bigint;
	coming bigint;
begin
	perform subject_lock(subject);
	select count(*) into others from tag
	where subject_id = subject and not (scope = in_scope and key = any (keys));
	select count(t) into coming from unnest(texts) as t;
	if coming > 0 and others + coming > most then
		return;
	end if;
	delete from tag using unnest(keys, texts) as w (k, t)
	where subject_id = subject and scope = in_scope and key = w.k and w.t is null;
	get diagnostics gone = row_count;
	with put as (
		insert into tag (subject_id, scope, key, value, updated_by, updated_at)
		select subject, in_scope, w.k, w.t::jsonb, who, now
		from unnest(keys, texts) as w (k, t) where w.t is not null
		on conflict (subject_id, scope, key) do update
		set value = excluded.value, updated_by = excluded.updated_by,
			updated_at = excluded.updated_at
		returning xmax = 0 as fresh
	)
	select count(*) filter (where fresh) into made from put;
end
$$;

revoke execute on function membership_assign, tag_put from public;
grant execute on function membership_assign, tag_put to assay_app;
