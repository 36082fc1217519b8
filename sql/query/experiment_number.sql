-- The number that rows of subjects carry for experiment $1.
-- reach: definitions
-- retry: yes
select nr from experiment where id = $1
