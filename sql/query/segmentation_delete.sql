-- Deletes segmentation $1 with its members (version $2, null: any) unless something uses it, if the
-- definitions are of generation $3: what came later would not be seen. No row when they are not.
-- reach: definitions
-- retry: no
with generation as (
	update cache_epoch set definitions = definitions + 1 where definitions = $3::bigint
	returning definitions
), deleted as (
	delete from segmentation as s
	where s.id = $1 and ($2::bigint is null or s.version = $2::bigint)
		and exists (select from generation)
		and not exists (select from segmentation as o where s.id = any (o.referenced_ids))
		and not exists (select from experiment as e where s.id = any (e.referenced_ids))
	returning s.id
), unregistered as (
	delete from id_registry where id in (select id from deleted)
)
select exists (select from deleted) as gone from generation
