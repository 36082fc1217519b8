-- Gives account $1 the role $2; the one before. No row when there is none.
-- reach: definitions
-- retry: yes
with old as (
	select id, role from account where name = $1
)
update account as a set role = $2 from old where a.id = old.id
returning old.role as before
