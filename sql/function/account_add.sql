-- SPDX-License-Identifier: GPL-3.0-or-later
-- Adds an account with a sign-in link, on behalf of an admin; false when there is one of that name.
create or replace function account_add(
	session bytea, at timestamptz, name text, role text, link bytea, expires_at timestamptz)
returns boolean
language plpgsql security definer
set search_path from current
as $$
declare
	added bigint;
begin
	perform session_authorize(session, at, true);
	insert into account (name, role, created_at)
	values (account_add.name, account_add.role, account_add.at)
	on conflict on constraint account_name do nothing
	returning account.id into added;
	if added is not null then
		perform sign_in_link_add(added, link, account_add.expires_at);
	end if;
	return added is not null;
end
$$;

revoke execute on function account_add from public;
grant execute on function account_add to assay_app;
