-- The ids of what uses segmentation $1.
-- reach: definitions
-- retry: yes
select id from segmentation where $1::text = any (uses)
union
select id from experiment where $1::text = any (uses)
order by id
