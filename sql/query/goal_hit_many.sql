-- Subjects $1 hit goals $2 $3 times, events $4 (null: none); $5 whether sessions must be confirmed,
-- at $6. A row for each, in order.
-- reach: subject
-- retry: no
-- writes: yes
select place, known, duplicate, waits, to_json(ids) as ids
from goal_hit_many($1, $2, $3::bigint[], $4, $5::boolean, $6::timestamptz)
