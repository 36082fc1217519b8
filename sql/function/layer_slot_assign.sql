-- SPDX-License-Identifier: GPL-3.0-or-later
-- Gives an experiment slots of layer wish.id, which already is its layer: the ranges wish.slots
-- [[first, last], ..], or the first wish.size free slots, or (with neither) all that are free.
-- Slots that it had count as free; without an id it gets none. Returns how many it has. Requests
-- for the same layers run one after the other; what cannot be had is an exclusion_violation.
-- Self-checks are in no layer.
create or replace function layer_slot_assign(placed bigint, wish jsonb)
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

revoke execute on function layer_slot_assign from public;
grant execute on function layer_slot_assign to assay_app;
