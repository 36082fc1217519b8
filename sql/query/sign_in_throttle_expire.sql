-- Deletes at most $2 counts of failed attempts to sign in that are a day old at $1, and 90 days where an
-- account signed in from that network.
-- reach: all
-- retry: yes
-- time: long
-- role: owner
delete from sign_in_throttle where ctid = any (array(
	select ctid from sign_in_throttle
	where failed_at < $1::timestamptz - interval '1 day'
		and (signed_in_at is null or signed_in_at < $1::timestamptz - interval '90 days')
	limit $2::bigint for update skip locked))
