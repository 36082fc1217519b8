-- Ends all sessions of the account of the session of digest $1 (hex) at $2, and its sign-in links.
-- reach: definitions
-- retry: yes
-- writes: yes
select session_close_all(decode($1, 'hex'), $2::timestamptz)
