-- Deletes definition $1 (version $2, null: any) unless something uses it, if the definitions are of
-- generation $3: what came later would not be seen. No row when they are not. The jobs reap the rows of
-- its subjects. It is locked before the generation, as in experiment_change.
-- reach: definitions
-- retry: no
with locked as materialized (
	select nr from experiment where id = $1 for update
), generation as (
	update cache_epoch set definitions = definitions + 1
	where definitions = $3::bigint and (select count(*) from locked) >= 0
	returning definitions
), deleted as (
	delete from experiment as e
	where e.id = $1 and ($2::bigint is null or e.version = $2::bigint)
		and exists (select from generation)
		and not exists (select from segmentation as s where e.id = any (s.referenced_ids))
		and not exists (select from experiment as o where e.id = any (o.referenced_ids)
			and o.nr <> e.nr)
	returning e.nr, e.id
), unregistered as (
	delete from id_registry where id in (select id from deleted)
), deleted_job as (
	delete from audience_job where nr in (select nr from deleted)
), deleted_slots as (
	delete from layer_slot where experiment in (select nr from deleted)
)
select exists (select from deleted) as gone from generation
