-- The ids of what uses segmentation $1, and which kind it is. Self-checks use none.
-- reach: definitions
-- retry: yes
select id, 'segmentation' as kind from segmentation where $1::text = any (referenced_ids)
union
select id, 'experiment' from experiment where $1::text = any (referenced_ids)
order by id
