-- The account of name $1.
-- reach: definitions
-- retry: yes
select a.id, a.password, a.role, a.disabled_at is not null as disabled
from (select 1) as one left join account as a on a.name = $1
