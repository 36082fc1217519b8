-- The alternatives of the experiments $1, by which rules may ask for them.
-- reach: definitions
-- retry: yes
select id, alternatives from experiment where id = any ($1::text[])
