-- Folds at most $1 deltas of the results ledger and returns how many.
-- reach: all
-- retry: yes
-- role: owner
-- writes: yes
-- time: long
select result_fold($1::integer) as folded
