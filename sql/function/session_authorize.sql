-- SPDX-License-Identifier: GPL-3.0-or-later
-- On whose behalf the caller works: the account of its session, which must be alive, and of an admin
-- where `admin` says so; else AS002. Null for whoever is connected as the owner, as commands are:
-- they need no session.
create or replace function session_authorize(digest bytea, at timestamptz, admin boolean)
returns bigint
language plpgsql
set search_path from current
as $$
declare
	caller account;
begin
	if pg_has_role(session_user, current_user, 'usage') then
		return null;
	end if;
	caller := session_account(digest, at);
	if caller.id is null or admin and caller.role <> 'admin' then
		raise sqlstate 'AS002' using message = 'no session allows this';
	end if;
	return caller.id;
end
$$;

revoke execute on function session_authorize from public;
