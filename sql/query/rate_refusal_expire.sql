-- Deletes where refused requests came from (at most $2 rows, of which there is one), if before $1.
-- reach: definitions
-- retry: yes
-- time: long
-- role: owner
delete from rate_refusal where ctid = any (array(
	select ctid from rate_refusal where recorded_at < $1::timestamptz
	limit $2::bigint for update skip locked))
