-- Takes the password and the sessions of account $3 and gives it a sign-in link of digest $4 (hex), good
-- until $5, on behalf of the session of digest $1 at $2; a disabled one is enabled again.
-- reach: definitions
-- retry: no
-- writes: yes
select account_reset(decode($1, 'hex'), $2::timestamptz, $3, decode($4, 'hex'), $5::timestamptz)
	as reset
