-- Uses up the sign-in link of digest $1 (hex) at $2; the account that it is for,
-- and whether that has a password.
-- reach: definitions
-- retry: no
delete from sign_in_link as l using account as a
where l.hash = decode($1, 'hex') and l.expires_at > $2::timestamptz and a.id = l.account
	and a.disabled_at is null
returning a.id, a.name, a.password is not null as has_password
