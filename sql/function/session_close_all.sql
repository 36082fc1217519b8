-- SPDX-License-Identifier: GPL-3.0-or-later
-- Signs the account of a session out everywhere.
create or replace function session_close_all(digest bytea, at timestamptz)
returns void
language plpgsql security definer
set search_path from current
as $$
begin
	perform account_sign_out(session_authorize(digest, at, false));
end
$$;

revoke execute on function session_close_all from public;
grant execute on function session_close_all to assay_app;
