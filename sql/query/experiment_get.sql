-- Definition $1 (experiment_shown).
-- reach: definitions
-- retry: yes
select * from experiment_shown as e where e."expId" = $1
