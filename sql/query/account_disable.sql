-- Disables account $1 at $2 and ends its sessions.
-- reach: definitions
-- retry: yes
with disabled as (
	update account set disabled_at = coalesce(disabled_at, $2::timestamptz)
	where name = $1
	returning id
), deleted_sessions as (
	delete from session where account in (select id from disabled)
), deleted_links as (
	delete from sign_in_link where account in (select id from disabled)
)
select id from disabled
