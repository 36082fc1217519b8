-- Disables account $3 and ends its sessions, on behalf of the session of digest $1 (hex) at $2.
-- reach: definitions
-- retry: yes
-- writes: yes
select account_disable(decode($1, 'hex'), $2::timestamptz, $3) as disabled
