-- SPDX-License-Identifier: GPL-3.0-or-later
-- Makes a key, on behalf of an admin.
create or replace function key_create(
	session bytea, at timestamptz, id text, kind text, name text, secret_hash bytea,
	origins text[], expires_at timestamptz, tag_prefix text, subjects text[],
	signing_secret text, attributes boolean, rate integer, new_rate integer)
returns void
language plpgsql security definer
set search_path from current
as $$
begin
	perform session_authorize(session, at, true);
	insert into api_key (id, kind, name, secret_hash, origins, created_at, expires_at,
		tag_prefix, subjects, signing_secret, attributes, rate, new_rate)
	values (key_create.id, key_create.kind, key_create.name, key_create.secret_hash,
		key_create.origins, key_create.at, key_create.expires_at, key_create.tag_prefix,
		key_create.subjects, key_create.signing_secret, key_create.attributes, key_create.rate,
		key_create.new_rate);
end
$$;

revoke execute on function key_create from public;
grant execute on function key_create to assay_app;
