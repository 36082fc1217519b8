-- Writes the alternatives $3 of definition $1 over version $2, with their numbers $4 and shares $5.
-- reach: definitions
-- retry: no
with changed as (
	update experiment as e
	set alternatives = $3::jsonb, numbers = $4::jsonb, shares = $5::jsonb, version = e.version + 1,
		split = case when e.shares = $5::jsonb then e.split else e.split + 1 end
	where id = $1 and version = $2::bigint
	returning nr, split, shares
), part as (
	insert into split (experiment, nr, shares) select nr, split, shares from changed
	on conflict do nothing
), bump as (
	update cache_epoch set definitions = definitions + 1 where exists (select from changed)
	returning definitions
)
select (select definitions from bump) as generation from changed
