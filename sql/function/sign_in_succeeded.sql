-- SPDX-License-Identifier: GPL-3.0-or-later
-- The attempt gave the right password: it no longer counts as failed.
create or replace function sign_in_succeeded(pair bytea, network bytea, account bytea, at timestamptz)
returns void
language plpgsql
set search_path from current
as $$
begin
	update sign_in_throttle as t
	set failures = 0, blocked_until = null, signed_in_at = at
	where t.kind = 'pair' and t.key = pair;
	update sign_in_throttle as t
	set failures = greatest(t.failures - 1, 0),
		blocked_until = t.failed_at + sign_in_wait(t.kind, t.failures - 1)
	where t.kind = 'network' and t.key = network;
	update sign_in_throttle as t
	set failures = greatest(t.failures - 1, 0),
		blocked_until = t.failed_at + sign_in_wait(t.kind, t.failures - 1)
	where t.kind = 'account' and t.key = account;
end
$$;

revoke execute on function sign_in_succeeded from public;
grant execute on function sign_in_succeeded to assay_app;
