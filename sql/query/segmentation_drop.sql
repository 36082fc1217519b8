-- Deletes segmentation $1 with its members (version $2, null: any) unless something uses it.
-- reach: definitions
-- retry: no
with bump as (
	update cache_epoch set definitions = definitions + 1 returning definitions
), gone as (
	delete from segmentation as s
	where s.id = $1 and ($2::bigint is null or s.version = $2::bigint)
		and exists (select from bump)
		and not exists (select from segmentation as o where s.id = any (o.uses))
		and not exists (select from experiment as e where s.id = any (e.uses))
	returning s.id
), named as (
	delete from name where id in (select id from gone)
)
select id from gone
