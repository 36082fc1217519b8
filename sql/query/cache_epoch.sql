-- The epoch that is part of every cache key, and the generation of the definitions.
-- reach: definitions
-- retry: yes
select value, definitions from cache_epoch
