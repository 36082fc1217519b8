-- Raises the epoch to $1 unless it is there already: within one second only the first writer
-- writes. One beyond $2 comes from a clock that was wrong, and hides no write: it is set back.
-- reach: definitions
-- retry: yes
update cache_epoch set value = $1::bigint where value < $1::bigint or value > $2::bigint
