-- Inside a transaction that is rolled back: the ledger books on day $1 what is done from now on.
-- reach: local
-- retry: no
select set_config('assay.simulated_day', $1::text, true)
