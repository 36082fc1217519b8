-- Closes the session of digest $1 (hex).
-- reach: definitions
-- retry: yes
delete from session where hash = decode($1, 'hex')
