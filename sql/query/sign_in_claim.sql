-- Whether a try to sign in may go on at $4: digests in hex of account and network together ($1),
-- of the network ($2) and of the account's name ($3). It counts as failed from now on.
-- reach: definitions
-- retry: no
-- writes: yes
select sign_in_claim(decode($1, 'hex'), decode($2, 'hex'), decode($3, 'hex'), $4::timestamptz)
	as allowed
