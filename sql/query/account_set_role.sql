-- Gives account $3 the role $4, on behalf of the session of digest $1 (hex) at $2; the role before,
-- null when there is no such account.
-- reach: definitions
-- retry: yes
-- writes: yes
select account_set_role(decode($1, 'hex'), $2::timestamptz, $3, $4) as before
