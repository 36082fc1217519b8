-- Makes segmentation $1 in context $2, of type $3, if the definitions are of generation $13: name,
-- description, groups, overlap, active, parameters, salt, next number of a group, uses; at $14.
-- made is false when the id is taken; no row when the definitions have changed. Versions go on
-- from the instant, for one of this id may have been deleted.
-- reach: definitions
-- retry: no
with generation as (
	update cache_epoch set definitions = definitions + 1 where definitions = $13::bigint
	returning definitions
), registered as (
	insert into id_registry (id, kind) select $1::text, 'segmentation' from generation
	on conflict do nothing
	returning id
), created as (
	insert into segmentation (id, context, type, name, description, groups, overlap, active,
		parameters, salt, next_group, referenced_ids, created_at, updated_at, version)
	select id, $2, $3, $4, $5, $6::jsonb, $7::boolean, $8::boolean, $9::jsonb, $10, $11::bigint,
		$12::text[], $14::timestamptz, $14::timestamptz,
		(extract(epoch from $14::timestamptz) * 1000)::bigint
	from registered
	returning nr
)
select definitions as generation, exists (select from created) as made from generation
