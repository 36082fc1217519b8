-- SPDX-License-Identifier: GPL-3.0-or-later
-- Keeps the password of the account of a session as it is hashed today.
create or replace function account_rehash(session bytea, at timestamptz, password text)
returns void
language plpgsql security definer
set search_path from current
as $$
declare
	own bigint := session_authorize(session, at, false);
begin
	update account as a set password = account_rehash.password
	where a.id = own and a.password is not null;
end
$$;

revoke execute on function account_rehash from public;
grant execute on function account_rehash to assay_app;
