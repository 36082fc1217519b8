-- Gives account $1 the role $2, and ends its sessions when that is another one; the role before.
-- No row when there is none.
-- reach: definitions
-- retry: yes
with old as (
	select id, role from account where name = $1
), deleted_sessions as (
	delete from session where account in (select id from old where role <> $2)
)
update account as a set role = $2 from old where a.id = old.id
returning old.role as before
