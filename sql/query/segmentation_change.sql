-- Writes segmentation $1 over version $2, if the definitions are of generation $12: context, name,
-- description, groups, overlap, active, parameters, next number of a group, uses; at $13. made is
-- false when it has another version; no row when the definitions have changed. With it, $14 (null:
-- none) replaces what refers to its groups by names that it changes: {segmentation: {number: groups},
-- experiment: {number: criteria}}, of that generation. Experiments are locked first, in the order of
-- experiment_change. Self-checks refer to nothing.
-- reach: definitions
-- retry: no
with referring as materialized (
	select nr from experiment
	where nr in (select key::bigint from jsonb_each($14::jsonb -> 'experiment'))
	order by nr for update
), generation as (
	update cache_epoch set definitions = definitions + 1
	where definitions = $12::bigint and (select count(*) from referring) >= 0
	returning definitions
), changed as (
	update segmentation as s
	set context = $3, name = $4, description = $5, groups = $6::jsonb, overlap = $7::boolean,
		active = $8::boolean, parameters = $9::jsonb, next_group = $10::bigint,
		referenced_ids = $11::text[], version = s.version + 1, updated_at = $13::timestamptz
	from generation where s.id = $1 and s.version = $2::bigint
	returning s.nr
), renamed_rules as (
	update segmentation as s
	set groups = n.value, version = s.version + 1, updated_at = $13::timestamptz
	from jsonb_each($14::jsonb -> 'segmentation') as n
	where s.nr = n.key::bigint and exists (select from changed)
), renamed_criteria as (
	update experiment as e set criteria = n.value, version = e.version + 1
	from jsonb_each($14::jsonb -> 'experiment') as n
	where e.nr = n.key::bigint and exists (select from changed)
)
select definitions as generation, exists (select from changed) as made,
	(select membership_check_overlap(nr, $7::boolean) from changed)
from generation
