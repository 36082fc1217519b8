-- Closes the session of digest $1 (hex).
-- reach: definitions
-- retry: yes
-- writes: yes
select session_close(decode($1, 'hex'))
