-- Deletes at most $2 sessions that are over at $1: idle for 30 minutes, or older than 12 hours.
-- reach: definitions
-- retry: yes
-- time: long
-- role: owner
delete from session where ctid = any (array(
	select ctid from session
	where seen_at < $1::timestamptz - interval '30 minutes'
		or created_at < $1::timestamptz - interval '12 hours'
	limit $2::bigint for update skip locked))
