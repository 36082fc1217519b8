-- SPDX-License-Identifier: GPL-3.0-or-later
-- The account of the session of a digest, if it is alive now (as in the statement session_find);
-- else all null. The clock is the server's: `at`, which the caller names, decides nothing. The
-- table holds a hash of the digest, so nobody who reads it can present one.
create or replace function session_account(digest bytea, at timestamptz)
returns account
language plpgsql
set search_path from current
as $$
declare
	found account;
begin
	select a.* into found
	from session as s join account as a on a.id = s.account
	where s.hash = sha256(digest) and a.disabled_at is null
		and s.seen_at > clock_timestamp() - interval '30 minutes'
		and s.created_at > clock_timestamp() - interval '12 hours';
	return found;
end
$$;

revoke execute on function session_account from public;
