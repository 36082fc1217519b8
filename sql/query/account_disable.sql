-- Disables account $1 at $2 and ends its sessions.
-- reach: definitions
-- retry: yes
with found as (
	update account set disabled_at = coalesce(disabled_at, $2::timestamptz)
	where name = $1
	returning id
), out as (
	delete from session where account in (select id from found)
), old as (
	delete from sign_in_link where account in (select id from found)
)
select id from found
