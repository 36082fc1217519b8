-- SPDX-License-Identifier: GPL-3.0-or-later
-- Gives another account a role, on behalf of an admin, and ends its sessions when that is another
-- one. The role before; null when there is no account of that name.
create or replace function account_set_role(
	session bytea, at timestamptz, name text, role text, out before text)
language plpgsql security definer
set search_path from current
as $$
declare
	caller bigint := session_authorize(session, at, true);
	changed bigint;
begin
	select a.id, a.role into changed, before from account as a
	where a.name = account_set_role.name and a.id is distinct from caller
	for update;
	update account as a set role = account_set_role.role where a.id = changed;
	delete from session as s where s.account = changed and before <> account_set_role.role;
end
$$;

revoke execute on function account_set_role from public;
grant execute on function account_set_role to assay_app;
