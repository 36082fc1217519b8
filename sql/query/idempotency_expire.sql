-- Deletes at most $2 stored answers from before $1.
-- reach: definitions
-- retry: yes
-- time: long
-- role: owner
delete from idempotency where ctid = any (array(
	select ctid from idempotency where created_at < $1::timestamptz
	limit $2::bigint for update skip locked))
