-- Revokes key $3 on behalf of the session of digest $1 (hex), at $2.
-- reach: definitions
-- retry: yes
-- writes: yes
select key_revoke(decode($1, 'hex'), $2::timestamptz, $3) as revoked
