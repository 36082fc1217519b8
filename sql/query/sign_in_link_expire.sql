-- Deletes at most $2 sign-in links that are too old at $1.
-- reach: definitions
-- retry: yes
-- time: long
-- role: owner
delete from sign_in_link where ctid = any (array(
	select ctid from sign_in_link where expires_at < $1::timestamptz
	limit $2::bigint for update skip locked))
