-- Adds to what the jobs count: $1 mappings, $2 failures, $3 seconds.
-- reach: definitions
-- retry: no
-- role: owner
insert into job_counter (name, value)
values ('mappings_total', $1::double precision), ('mapping_failures_total', $2::double precision),
	('mapping_seconds_total', $3::double precision)
on conflict (name) do update set value = job_counter.value + excluded.value
