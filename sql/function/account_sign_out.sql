-- SPDX-License-Identifier: GPL-3.0-or-later
-- Ends all sessions of an account, and the links by which one could still sign in.
create or replace function account_sign_out(account bigint)
returns void
language plpgsql
set search_path from current
as $$
begin
	delete from session as s where s.account = account_sign_out.account;
	delete from sign_in_link as l where l.account = account_sign_out.account;
end
$$;

revoke execute on function account_sign_out from public;
