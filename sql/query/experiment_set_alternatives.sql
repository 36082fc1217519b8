-- Writes the alternatives $3 of definition $1 over version $2, with their ids $4 and allocation
-- weights $5.
-- reach: definitions
-- retry: no
with changed as (
	update experiment as e
	set alternatives = $3::jsonb, alternative_ids = $4::jsonb, allocation_weights = $5::jsonb,
		version = e.version + 1,
		allocation = case when e.allocation_weights = $5::jsonb then e.allocation
			else e.allocation + 1 end
	where id = $1 and version = $2::bigint
	returning nr, allocation, allocation_weights
), new_allocation as (
	insert into allocation (experiment, nr, allocation_weights) select nr, allocation,
		allocation_weights from changed
	on conflict do nothing
), generation as (
	update cache_epoch set definitions = definitions + 1 where exists (select from changed)
	returning definitions
)
select (select definitions from generation) as generation from changed
