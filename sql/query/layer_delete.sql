-- Deletes layer $1 unless experiments are in it: how many, and (sorted) which; null: no such
-- layer.
-- reach: definitions
-- retry: no
-- writes: yes
select cardinality(members) as count, array_to_string(members, ', ') as members
from layer_delete($1) as members
