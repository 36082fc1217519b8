-- The session of digest $1 (hex) at $2, unless it is idle for 30 minutes, older than 12 hours, or
-- its account is disabled. That it was seen is noted once a minute.
-- reach: definitions
-- retry: yes
with found as (
	select s.hash, s.csrf, s.seen_at, a.id, a.name, a.role
	from session as s join account as a on a.id = s.account
	where s.hash = decode($1, 'hex') and a.disabled_at is null
		and s.seen_at > $2::timestamptz - interval '30 minutes'
		and s.created_at > $2::timestamptz - interval '12 hours'
), seen as (
	update session as s set seen_at = $2::timestamptz
	from found as f
	where s.hash = f.hash and f.seen_at < $2::timestamptz - interval '1 minute'
)
select id, csrf, name, role from found
