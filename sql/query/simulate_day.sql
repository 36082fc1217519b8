-- Inside a transaction that is rolled back: the ledger books on day $1 what is done from now on.
-- Statistics never see rows that are rolled back: the planner, which takes the tables of subjects
-- for empty, would join them by reading all of their indexes. Of many thousand subjects two may share
-- the key of their lock, which the experiment of the other process holds until its end; so locks are
-- waited for.
-- reach: local
-- retry: no
select set_config('assay.simulated_day', $1::text, true), set_config('lock_timeout', '0', true),
	set_config('enable_mergejoin', 'off', true), set_config('enable_hashjoin', 'off', true)
