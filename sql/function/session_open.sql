-- SPDX-License-Identifier: GPL-3.0-or-later
-- Opens a session of an account that signed in by its password; false when it has none, or is
-- disabled. Whether the password is right only the caller can tell: the database cannot hash as it
-- does. The session ages by the server's clock, whatever `at` says.
create or replace function session_open(account bigint, digest bytea, csrf text, at timestamptz)
returns boolean
language plpgsql security definer
set search_path from current
as $$
begin
	insert into session (hash, account, csrf, created_at, seen_at)
	select sha256(session_open.digest), a.id, session_open.csrf, clock_timestamp(), clock_timestamp()
	from account as a
	where a.id = session_open.account and a.disabled_at is null and a.password is not null;
	return found;
end
$$;

revoke execute on function session_open from public;
grant execute on function session_open to assay_app;
