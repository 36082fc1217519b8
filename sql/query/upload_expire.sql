-- Deletes at most $2 files that were done, or came and were never done, before $1; their reports are
-- gone (upload_row_expire).
-- reach: definitions
-- retry: yes
-- time: long
-- role: owner
delete from upload where ctid = any (array(
	select u.ctid from upload as u
	where coalesce(u.done_at, u.created_at) < $1::timestamptz
		and not exists (select from upload_row as r where r.upload = u.nr)
	limit $2::bigint for update skip locked))
