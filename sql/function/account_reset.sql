-- SPDX-License-Identifier: GPL-3.0-or-later
-- Takes the password and the sessions of another account and gives it a sign-in link, on behalf of an
-- admin; one that is disabled is enabled again. False when there is none of that name.
create or replace function account_reset(
	session bytea, at timestamptz, name text, link bytea, expires_at timestamptz)
returns boolean
language plpgsql security definer
set search_path from current
as $$
declare
	caller bigint := session_authorize(session, at, true);
	changed bigint;
begin
	update account as a set password = null, disabled_at = null
	where a.name = account_reset.name and a.id is distinct from caller
	returning a.id into changed;
	if changed is not null then
		perform account_sign_out(changed);
		perform sign_in_link_add(changed, link, account_reset.expires_at);
	end if;
	return changed is not null;
end
$$;

revoke execute on function account_reset from public;
grant execute on function account_reset to assay_app;
