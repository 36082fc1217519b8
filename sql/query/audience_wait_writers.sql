-- Waits until everybody has ended who was writing profiles or erasing, and so may not have seen
-- what was committed last; tells how often somebody has been erased, before and after that.
-- reach: definitions
-- retry: yes
-- time: long
-- role: owner
select erased_before, erased_after from audience_wait_writers()
