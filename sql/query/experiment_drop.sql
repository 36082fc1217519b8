-- Deletes definition $1 (version $2, null: any) unless something uses it, if the definitions are of
-- generation $3: what came later would not be seen. No row when they are not. The jobs reap the rows of
-- its subjects.
-- reach: definitions
-- retry: no
with bump as (
	update cache_epoch set definitions = definitions + 1 where definitions = $3::bigint
	returning definitions
), gone as (
	delete from experiment as e
	where e.id = $1 and ($2::bigint is null or e.version = $2::bigint)
		and exists (select from bump)
		and not exists (select from segmentation as s where e.id = any (s.uses))
		and not exists (select from experiment as o where e.id = any (o.uses) and o.nr <> e.nr)
	returning e.nr, e.id
), named as (
	delete from name where id in (select id from gone)
), job as (
	delete from map_job where nr in (select nr from gone)
), slots as (
	delete from layer_slot where experiment in (select nr from gone)
)
select exists (select from gone) as gone from bump
