-- The account of name $1 for a sign-in at $2, from address $3: how long it must wait, and how often
-- that address has failed within 15 minutes.
-- reach: definitions
-- retry: yes
select a.id, a.password, a.role, a.disabled_at is not null as disabled,
	coalesce(a.blocked_until > $2::timestamptz, false) as blocked,
	(select t.failures from sign_in_try as t
		where t.address = $3 and t.since > $2::timestamptz - interval '15 minutes') as tries
from (select 1) as one left join account as a on a.name = $1
