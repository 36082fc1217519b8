-- Lets go of rows of experiments that there are no more, some at a time.
-- reach: all
-- retry: yes
-- writes: yes
-- time: long
-- role: owner
select deleted_experiment_reap(20000) as reaped
