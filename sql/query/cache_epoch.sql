-- The epoch that is part of every cache key.
-- reach: definitions
-- retry: yes
select value from cache_epoch
