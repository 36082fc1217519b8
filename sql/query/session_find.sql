-- The session of digest $1 (hex) at $2, unless it is idle for 30 minutes, older than 12 hours, or
-- its account is disabled; old_news: that it was seen is to be noted again (session_seen).
-- reach: definitions
-- retry: yes
select a.id, s.csrf, a.name, a.role, a.password is not null as has_password,
	s.seen_at < $2::timestamptz - interval '1 minute' as old_news
from session as s join account as a on a.id = s.account
where s.hash = sha256(decode($1, 'hex')) and a.disabled_at is null
	and s.seen_at > $2::timestamptz - interval '30 minutes'
	and s.created_at > $2::timestamptz - interval '12 hours'
