-- What the jobs have counted.
-- reach: definitions
-- retry: yes
select coalesce(sum(value) filter (where name = 'mappings_total'), 0) as mappings_total,
	coalesce(sum(value) filter (where name = 'mapping_failures_total'), 0)
		as mapping_failures_total,
	coalesce(sum(value) filter (where name = 'mapping_seconds_total'), 0)
		as mapping_seconds_total,
	coalesce(sum(value) filter (where name = 'result_differences_total'), 0)
		as result_differences_total
from job_counter
