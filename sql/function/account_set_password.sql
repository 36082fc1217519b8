-- SPDX-License-Identifier: GPL-3.0-or-later
-- Gives the account of a session another password (an Argon2id hash) and signs it out everywhere; a
-- new session, of `fresh` and csrf, takes the place of the one that asked.
create or replace function account_set_password(
	session bytea, at timestamptz, password text, fresh bytea, csrf text)
returns void
language plpgsql security definer
set search_path from current
as $$
declare
	own bigint := session_authorize(session, at, false);
begin
	update account as a set password = account_set_password.password where a.id = own;
	perform account_sign_out(own);
	insert into session (hash, account, csrf, created_at, seen_at)
	values (sha256(fresh), own, account_set_password.csrf, clock_timestamp(), clock_timestamp());
end
$$;

revoke execute on function account_set_password from public;
grant execute on function account_set_password to assay_app;
