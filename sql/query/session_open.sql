-- Opens a session of account $1 (digest $2 in hex, CSRF token $3) at $4; a password hashed
-- anew ($5, null: stays) is kept.
-- reach: definitions
-- retry: no
with rehashed as (
	update account set password = coalesce($5, password)
	where id = $1::bigint
)
insert into session (hash, account, csrf, created_at, seen_at)
values (decode($2, 'hex'), $1::bigint, $3, $4::timestamptz, $4::timestamptz)
