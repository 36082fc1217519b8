-- The windows whose participants from before they were added are to be counted.
-- reach: definitions
-- retry: yes
-- role: owner
select w.experiment, w.hours from result_window as w where w.built_at is null
order by w.added_at, w.experiment, w.hours
