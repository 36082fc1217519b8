-- The session of digest $1 (hex) was seen at $2.
-- reach: definitions
-- retry: yes
-- writes: yes
select session_seen(decode($1, 'hex'), $2::timestamptz)
