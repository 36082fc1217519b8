-- The session of digest $1 (hex) was seen at $2.
-- reach: definitions
-- retry: yes
update session set seen_at = $2::timestamptz
where hash = decode($1, 'hex') and seen_at < $2::timestamptz
