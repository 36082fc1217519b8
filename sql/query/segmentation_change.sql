-- Writes segmentation $1 over version $2, if the definitions are of generation $12: context, name,
-- description, groups, overlap, active, parameters, next number of a group, uses; at $13. made is
-- false when it has another version; no row when the definitions have changed.
-- reach: definitions
-- retry: no
with bump as (
	update cache_epoch set definitions = definitions + 1 where definitions = $12::bigint
	returning definitions
), made as (
	update segmentation as s
	set context = $3, name = $4, description = $5, groups = $6::jsonb, overlap = $7::boolean,
		active = $8::boolean, parameters = $9::jsonb, next_group = $10::bigint,
		uses = $11::text[], version = s.version + 1, updated_at = $13::timestamptz
	from bump where s.id = $1 and s.version = $2::bigint
	returning s.nr
)
select definitions as generation, exists (select from made) as made from bump
