-- Uses up the sign-in link of digest $1 (hex) at $2 and opens a session of its account, of digest $3
-- and CSRF token $4; the account, and whether it has a password.
-- reach: definitions
-- retry: no
-- writes: yes
select name, has_password
from sign_in_link_use(decode($1, 'hex'), $2::timestamptz, decode($3, 'hex'), $4)
