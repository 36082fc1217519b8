-- Gives account $1 another sign-in link of digest $2 (hex), good until $3, in place of those
-- before; nothing else changes. No row when it is none, or disabled.
-- reach: definitions
-- retry: no
-- role: owner
with target as (
	select id from account where name = $1 and disabled_at is null
), deleted_links as (
	delete from sign_in_link where account in (select id from target)
)
insert into sign_in_link (hash, account, expires_at)
select decode($2, 'hex'), id, $3::timestamptz from target
returning account
