-- Counts $1 sums that were not those of the rows.
-- reach: definitions
-- retry: no
-- role: owner
insert into job_counter (name, value) values ('result_differences_total', $1::bigint)
on conflict (name) do update set value = job_counter.value + excluded.value
