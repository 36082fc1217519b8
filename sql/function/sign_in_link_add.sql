-- SPDX-License-Identifier: GPL-3.0-or-later
-- Gives an account a sign-in link, by the digest of its token, in place of those before. It ends after
-- 24 hours, or earlier where expires_at says so.
create or replace function sign_in_link_add(account bigint, digest bytea, expires_at timestamptz)
returns void
language plpgsql
set search_path from current
as $$
begin
	delete from sign_in_link as l where l.account = sign_in_link_add.account;
	insert into sign_in_link (hash, account, expires_at)
	values (sha256(sign_in_link_add.digest), sign_in_link_add.account,
		least(sign_in_link_add.expires_at, clock_timestamp() + interval '24 hours'));
end
$$;

revoke execute on function sign_in_link_add from public;
