-- Inside a transaction that is rolled back: experiment $1 gets alternatives $2, of which only the
-- weights have changed, and a new allocation with weights $3.
-- reach: definitions
-- retry: no
with changed as (
	update experiment set alternatives = $2::jsonb, allocation = allocation + 1,
		allocation_weights = $3::jsonb
	where id = $1::text
	returning nr, allocation, allocation_weights
)
insert into allocation (experiment, nr, allocation_weights)
select nr, allocation, allocation_weights from changed
