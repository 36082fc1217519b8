-- SPDX-License-Identifier: GPL-3.0-or-later
-- Disables another account, on behalf of an admin, and signs it out everywhere. False when there is
-- none of that name.
create or replace function account_disable(session bytea, at timestamptz, name text)
returns boolean
language plpgsql security definer
set search_path from current
as $$
declare
	caller bigint := session_authorize(session, at, true);
	changed bigint;
begin
	update account as a set disabled_at = coalesce(a.disabled_at, account_disable.at)
	where a.name = account_disable.name and a.id is distinct from caller
	returning a.id into changed;
	perform account_sign_out(changed);
	return changed is not null;
end
$$;

revoke execute on function account_disable from public;
grant execute on function account_disable to assay_app;
