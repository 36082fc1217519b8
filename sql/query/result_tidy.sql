-- Removes sums of the results ledger that have become zero.
-- reach: all
-- retry: yes
-- role: owner
-- writes: yes
-- time: long
select result_tidy() as removed
