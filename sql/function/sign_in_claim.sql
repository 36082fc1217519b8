-- SPDX-License-Identifier: GPL-3.0-or-later
-- Whether an attempt to sign in may go on. It counts as failed until sign_in_succeeded says
-- otherwise, so attempts that run at once cannot all pass. Where the account has signed in before,
-- only attempts from that network make it wait.
create or replace function sign_in_claim(pair bytea, network bytea, account bytea, at timestamptz)
returns boolean
language plpgsql
set search_path from current
as $$
declare
	familiar boolean := exists (select from sign_in_throttle as t
		where t.kind = 'pair' and t.key = pair and t.signed_in_at > at - interval '90 days');
begin
	if exists (select from sign_in_throttle as t
		where t.blocked_until > at and (t.kind = 'pair' and t.key = pair
			or not familiar and (t.kind = 'network' and t.key = network
				or t.kind = 'account' and t.key = account))) then
		return false;
	end if;
	insert into sign_in_throttle as t (kind, key, failures, failed_at)
	values ('pair', pair, 1, at), ('network', network, 1, at), ('account', account, 1, at)
	on conflict on constraint sign_in_throttle_pk do update
	set failures = case when t.failed_at > excluded.failed_at - interval '15 minutes'
			then t.failures + 1 else 1 end,
		failed_at = greatest(t.failed_at, excluded.failed_at),
		blocked_until = case when t.failed_at > excluded.failed_at - interval '15 minutes'
			then excluded.failed_at + sign_in_wait(t.kind, t.failures + 1) end;
	return true;
end
$$;

revoke execute on function sign_in_claim from public;
grant execute on function sign_in_claim to assay_app;
