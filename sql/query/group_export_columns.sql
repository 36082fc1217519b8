-- The columns of an export of groups of context $1: segmentations whose groups are stored, and in
-- the context `global` the experiments, in effect, by id.
-- reach: definitions
-- retry: yes
select s.id, s.nr::text as nr, false as experiment, s.groups
from segmentation as s where s.context = $1 and s.active and s.type <> 'rule'
union all
select e.id, e.nr::text, true, e.alternatives
from experiment as e where $1 = 'global' and e.status = 'ACTIVE' and e.selfcheck is null
order by id
