-- Definition $1 (experiment_full).
-- reach: definitions
-- retry: yes
select * from experiment_full as e where e."expId" = $1
