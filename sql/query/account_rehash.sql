-- Stores the password of the account of the session of digest $1 (hex), at $2, as hash $3.
-- reach: definitions
-- retry: yes
-- writes: yes
select account_rehash(decode($1, 'hex'), $2::timestamptz, $3)
