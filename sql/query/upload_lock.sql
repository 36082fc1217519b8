-- Holds upload $1 against erasures until the transaction ends: whoever writes the row, waits.
-- reach: definitions
-- retry: no
-- role: owner
update upload set position = position where nr = $1::bigint and done_at is null
returning position, erasure_count
