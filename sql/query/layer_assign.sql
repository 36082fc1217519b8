-- Puts experiment $1 into a layer as the wish $2 says (layer_slot_assign), at $3; where $4 is not null,
-- only if it is in that layer now. No row when it is not, or there is no such experiment.
-- reach: definitions
-- retry: no
with changed as (
	update experiment as e
	set layer = (select l.nr from layer as l where l.id = $2::jsonb ->> 'id'),
		updated_at = $3::timestamptz, version = e.version + 1
	where e.id = $1 and ($4::text is null
		or exists (select from layer as l where l.nr = e.layer and l.id = $4))
	returning nr
), generation as (
	update cache_epoch set definitions = definitions + 1 where exists (select from changed)
)
select layer_slot_assign(nr, $2::jsonb) from changed
