-- SPDX-License-Identifier: GPL-3.0-or-later
-- Closes a session.
create or replace function session_close(digest bytea)
returns void
language plpgsql security definer
set search_path from current
as $$
begin
	delete from session as s where s.hash = sha256(session_close.digest);
end
$$;

revoke execute on function session_close from public;
grant execute on function session_close to assay_app;
