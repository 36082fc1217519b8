-- SPDX-License-Identifier: GPL-3.0-or-later
-- Gives an account another sign-in link; nothing else changes. For the owner only. False when there is
-- none of that name, or it is disabled.
create or replace function account_link(name text, link bytea, expires_at timestamptz)
returns boolean
language plpgsql
set search_path from current
as $$
declare
	linked bigint;
begin
	select a.id into linked from account as a
	where a.name = account_link.name and a.disabled_at is null;
	if linked is not null then
		perform sign_in_link_add(linked, link, account_link.expires_at);
	end if;
	return linked is not null;
end
$$;

revoke execute on function account_link from public;
