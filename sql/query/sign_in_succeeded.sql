-- The try with these digests ($1 to $3 as for sign_in_claim), at $4, gave the right password.
-- reach: definitions
-- retry: no
-- writes: yes
select sign_in_succeeded(decode($1, 'hex'), decode($2, 'hex'), decode($3, 'hex'),
	$4::timestamptz)
