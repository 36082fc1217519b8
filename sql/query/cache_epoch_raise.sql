-- Raises the epoch to $1 unless it is there already: within one second only the first writer writes.
-- reach: definitions
-- retry: yes
update cache_epoch set value = $1::bigint where value < $1::bigint
