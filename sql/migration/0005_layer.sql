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

grant select, insert, update, delete on layer to assay_app;
grant select, insert, delete on layer_slot to assay_app;

-- Gives an experiment slots of the layer {id} that is wished, which is its layer already: the ranges
-- `slots` [[first, last], ..], or the first `size` slots that are free, or (neither) all that are
-- free. What it had is free before; a wish without an id leaves it none. Answers how many it has.
-- Two who want the same layers come one after the other; what one of them cannot have any more is
-- an exclusion_violation.
create function layer_slot_assign(placed bigint, wish jsonb)
returns integer
language plpgsql
set search_path from current
as $$
declare
	target bigint;
	chosen int4multirange := '{}';
	free int4multirange;
	part int4range;
	lacking integer := coalesce((wish ->> 'size')::integer, 10000);
begin
	perform from layer as l
	where l.id = wish ->> 'id'
		or l.nr in (select s.layer from layer_slot as s where s.experiment = placed)
	order by l.nr for update;
	select l.nr into target from layer as l where l.id = wish ->> 'id';
	if not exists (select from experiment as e
		where e.nr = placed and e.layer is not distinct from target)
		or (target is null and wish ->> 'id' is not null) then
		raise exclusion_violation using message = 'the layer is gone';
	end if;
	delete from layer_slot where experiment = placed;
	if wish -> 'slots' is not null then
		select range_agg(int4range((r ->> 0)::integer, (r ->> 1)::integer, '[]')) into chosen
		from jsonb_array_elements(wish -> 'slots') as r;
	elsif target is not null then
		select int4multirange(int4range(0, 10000)) - coalesce(range_agg(s.slots), '{}') into free
		from layer_slot as s where s.layer = target;
		for part in select r from unnest(free) as r order by r loop
			part := part * int4range(lower(part), lower(part) + lacking);
			chosen := chosen + int4multirange(part);
			lacking := lacking - (upper(part) - lower(part));
			exit when lacking <= 0;
		end loop;
		if isempty(chosen) or (lacking > 0 and wish ->> 'size' is not null) then
			raise exclusion_violation using message = 'too few slots are free';
		end if;
	end if;
	insert into layer_slot (layer, experiment, slots)
	select target, placed, r from unnest(chosen) as r;
	return (select coalesce(sum(upper(r) - lower(r)), 0) from unnest(chosen) as r);
end
$$;

-- Deletes a layer unless experiments are in it: who those are, null when there is no such layer.
create function layer_delete(dropped text)
returns text[]
language plpgsql
set search_path from current
as $$
declare
	target bigint;
	members text[];
begin
	select l.nr into target from layer as l where l.id = dropped for update;
	if target is null then
		return null;
	end if;
	members := array(select e.id from experiment as e where e.layer = target order by e.id);
	if members = '{}' then
		delete from layer where nr = target;
	end if;
	return members;
end
$$;

revoke execute on function layer_slot_assign, layer_delete from public;
grant execute on function layer_slot_assign, layer_delete to assay_app;
