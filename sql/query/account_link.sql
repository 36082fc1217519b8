-- Gives account $1 another sign-in link of digest $2 (hex), good until $3, in place of those before;
-- nothing else changes. Not linked: there is no such account, or it is disabled.
-- reach: definitions
-- retry: no
-- role: owner
-- writes: yes
select account_link($1, decode($2, 'hex'), $3::timestamptz) as linked
