-- How many deltas of the results ledger wait to be folded, and when, in seconds since 1970, there
-- was none last (null: never).
-- reach: all
-- retry: yes
select (select count(*) from result_delta) as waiting,
	(select value::bigint from job_counter where name = 'results_folded_at') as folded_at
