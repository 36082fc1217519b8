-- Gives the account of the session of digest $1 (hex) at $2 the password of hash $3 and ends its
-- sessions but a new one, of digest $4 and CSRF token $5.
-- reach: definitions
-- retry: no
-- writes: yes
select account_set_password(decode($1, 'hex'), $2::timestamptz, $3, decode($4, 'hex'), $5)
