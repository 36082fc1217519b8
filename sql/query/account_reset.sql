-- Takes the password and the sessions of account $1 and gives it a sign-in link of digest $2 (hex),
-- good from $3 until $4; a disabled one is enabled again. $5 null.
-- reach: definitions
-- retry: no
-- role: owner
with found as (
	update account
	set password = null, failures = 0, blocked_until = null, disabled_at = null
	where name = $1 and $3::timestamptz is not null and $5::text is null
	returning id
), out as (
	delete from session where account in (select id from found)
), old as (
	delete from sign_in_link where account in (select id from found)
)
insert into sign_in_link (hash, account, expires_at)
select decode($2, 'hex'), id, $4::timestamptz from found
returning account
