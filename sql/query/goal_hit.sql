-- Subject $1 hits goal $2 $3 times, event $4 (null: none); $5 whether sessions must be confirmed,
-- at $6.
-- reach: subject
-- retry: no
-- writes: yes
select known, duplicate, waits, to_json(ids) as ids
from goal_hit($1, $2, $3::bigint, $4, $5::boolean, $6::timestamptz)
