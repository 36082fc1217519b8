-- Adds account $3 of role $4 with a sign-in link of digest $5 (hex) that is good until $6, on behalf of
-- the session of digest $1 at $2; not added: there is one of that name.
-- reach: definitions
-- retry: no
-- writes: yes
select account_add(decode($1, 'hex'), $2::timestamptz, $3, $4, decode($5, 'hex'), $6::timestamptz)
	as added
