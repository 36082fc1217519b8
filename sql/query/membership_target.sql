-- The segmentation $1, if its groups are stored.
-- reach: definitions
-- retry: yes
-- role: owner
select nr, context from segmentation where id = $1 and type in ('random', 'manual')
