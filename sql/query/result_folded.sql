-- Notes that at $1 (seconds since 1970) no delta of the results ledger was left to fold.
-- reach: definitions
-- retry: yes
-- role: owner
insert into job_counter (name, value) values ('results_folded_at', $1::bigint)
on conflict (name) do update set value = excluded.value
