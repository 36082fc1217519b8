-- Takes the password and the sessions of account $1 and gives it a sign-in link of digest $2
-- (hex), good until $3; a disabled one is enabled again.
-- reach: definitions
-- retry: no
with reset as (
	update account
	set password = null, disabled_at = null
	where name = $1
	returning id
), deleted_sessions as (
	delete from session where account in (select id from reset)
), deleted_links as (
	delete from sign_in_link where account in (select id from reset)
)
insert into sign_in_link (hash, account, expires_at)
select decode($2, 'hex'), id, $3::timestamptz from reset
returning account
