-- Deletes at most $2 rows of reports on files that were done, or came and were never done, before $1.
-- reach: definitions
-- retry: yes
-- time: long
-- role: owner
delete from upload_row where ctid = any (array(
	select r.ctid from upload_row as r join upload as u on u.nr = r.upload
	where coalesce(u.done_at, u.created_at) < $1::timestamptz
	limit $2::bigint for update of r skip locked))
