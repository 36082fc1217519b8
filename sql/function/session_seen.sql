-- SPDX-License-Identifier: GPL-3.0-or-later
-- Notes that a session is in use, by the server's clock, whatever `at` says. One that has been idle for
-- too long stays so.
create or replace function session_seen(digest bytea, at timestamptz)
returns void
language plpgsql security definer
set search_path from current
as $$
begin
	update session as s set seen_at = clock_timestamp()
	where s.hash = sha256(session_seen.digest) and s.seen_at < clock_timestamp()
		and s.seen_at > clock_timestamp() - interval '30 minutes';
end
$$;

revoke execute on function session_seen from public;
grant execute on function session_seen to assay_app;
