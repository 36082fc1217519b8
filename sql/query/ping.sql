-- The cheapest proof that the database answers.
-- reach: local
-- retry: yes
select 1 as one
