-- Waits until everybody has ended who was writing profiles or erasing, and so may not have seen what
-- was committed last; tells how often somebody has been erased.
-- reach: definitions
-- retry: yes
-- time: long
-- role: owner
select erased from audience_wait()
