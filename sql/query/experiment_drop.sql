-- Deletes definition $1 (version $2, null: any); the jobs reap the rows of its subjects.
-- reach: definitions
-- retry: no
with gone as (
	delete from experiment
	where id = $1 and ($2::bigint is null or version = $2::bigint)
	returning nr, id
), named as (
	delete from name where id in (select id from gone)
), job as (
	delete from map_job where nr in (select nr from gone)
), slots as (
	delete from layer_slot where experiment in (select nr from gone)
), bump as (
	update cache_epoch set definitions = definitions + 1 where exists (select from gone)
)
select nr from gone
