-- Last use of a key, to the minute.
-- reach: definitions
-- retry: yes
update api_key set last_used_at = $2::timestamptz
where id = $1 and (last_used_at is null or last_used_at < $2::timestamptz - interval '1 minute')
