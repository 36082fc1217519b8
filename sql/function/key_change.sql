-- SPDX-License-Identifier: GPL-3.0-or-later
-- Says anew what a client key may do, on behalf of an admin. With signatures but without a signing
-- secret, the one before stays. False when there is no such key, or it is revoked.
create or replace function key_change(
	session bytea, at timestamptz, id text, subjects text[], signatures boolean,
	signing_secret text, attributes boolean, rate integer, new_rate integer)
returns boolean
language plpgsql security definer
set search_path from current
as $$
begin
	perform session_authorize(session, at, true);
	update api_key as k
	set subjects = key_change.subjects,
		signing_secret = case when key_change.signatures
			then coalesce(key_change.signing_secret, k.signing_secret) end,
		attributes = key_change.attributes, rate = key_change.rate,
		new_rate = key_change.new_rate
	where k.id = key_change.id and k.kind = 'client' and k.revoked_at is null;
	return found;
end
$$;

revoke execute on function key_change from public;
grant execute on function key_change to assay_app;
