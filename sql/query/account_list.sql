-- All accounts.
-- reach: definitions
-- retry: yes
select name, role, case when disabled_at is null then 'enabled' else 'disabled' end as state,
	created_at, password is not null as has_password,
	(select max(s.seen_at) from session as s where s.account = a.id) as seen_at
from account as a order by name
