-- Opens a session of account $1 (digest $2 in hex, CSRF token $3) at $4; not opened: it has no password,
-- or is disabled.
-- reach: definitions
-- retry: no
-- writes: yes
select session_open($1::bigint, decode($2, 'hex'), $3, $4::timestamptz) as opened
