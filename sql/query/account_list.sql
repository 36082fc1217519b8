-- All accounts.
-- reach: definitions
-- retry: yes
select name, role, case when disabled_at is null then 'enabled' else 'disabled' end as state,
	created_at, password is not null as has_password
from account order by name
