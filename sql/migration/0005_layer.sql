-- Layers of experiments that exclude each other.

create extension if not exists btree_gist;

alter table experiment add layer bigint;

-- Mutual exclusion: the slots 0..9999 of a layer belong to at most one experiment each.
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

create table layer_slot (
	layer bigint not null,
	experiment bigint not null,
	slots int4range not null,
	constraint layer_slot_pk primary key (layer, experiment, slots),
	constraint layer_slot_bounds check (slots <@ int4range(0, 10000) and not isempty(slots)),
	constraint layer_slot_free exclude using gist (layer with =, slots with &&)
);

create index layer_slot_experiment on layer_slot (experiment);

grant select, insert on layer to assay_app;
grant select, insert, delete on layer_slot to assay_app;
