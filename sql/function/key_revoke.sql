-- SPDX-License-Identifier: GPL-3.0-or-later
-- Revokes a key, on behalf of an admin. False when there is none of that id.
create or replace function key_revoke(session bytea, at timestamptz, id text)
returns boolean
language plpgsql security definer
set search_path from current
as $$
begin
	perform session_authorize(session, at, true);
	update api_key as k set revoked_at = coalesce(k.revoked_at, key_revoke.at)
	where k.id = key_revoke.id;
	return found;
end
$$;

revoke execute on function key_revoke from public;
grant execute on function key_revoke to assay_app;
