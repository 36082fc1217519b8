-- Deletes at most $2 groups of e-mail addresses that were assigned before $1.
-- reach: definitions
-- retry: yes
-- time: long
-- role: owner
delete from preassigned where ctid = any (array(
	select ctid from preassigned where assigned_at < $1::timestamptz
	limit $2::bigint for update skip locked))
