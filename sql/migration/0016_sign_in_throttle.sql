-- Failed tries to sign in, by account and network together first: somebody elsewhere cannot keep
-- the owner of an account out. Names are kept as digests, whether there is such an account or not.

create table sign_in_throttle (
	kind text collate "C" not null,
	key bytea not null,
	failures integer not null,
	failed_at timestamptz not null,
	blocked_until timestamptz,
	signed_in_at timestamptz,
	constraint sign_in_throttle_pk primary key (kind, key),
	constraint sign_in_throttle_kind check (kind in ('pair', 'network', 'account'))
);

comment on column sign_in_throttle.signed_in_at is
	'Of a pair: the account last signed in from that network';

create index sign_in_throttle_failed on sign_in_throttle (failed_at);

-- How long is to be waited after so many failures.
create function sign_in_wait(kind text, failures integer)
returns interval
language plpgsql immutable
set search_path from current
as $$
begin
	return interval '1 second' * case
		when kind = 'pair' and failures >= 5 then least(60, power(2, least(failures, 20) - 3))
		when kind = 'network' and failures >= 20 then 60
		when kind = 'account' and failures >= 50 then 10
		else 0 end;
end
$$;

-- Whether a try may go on, which then counts as failed until sign_in_succeeded says otherwise: so
-- tries that run at once cannot all pass. Where the account signed in before, only tries from
-- that very network make it wait.
create function sign_in_claim(pair bytea, network bytea, account bytea, at timestamptz)
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

create function sign_in_succeeded(pair bytea, network bytea, account bytea, at timestamptz)
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

drop table sign_in_try;
alter table account drop column failures, drop column blocked_until;

revoke execute on function sign_in_wait, sign_in_claim, sign_in_succeeded from public;
grant execute on function sign_in_wait, sign_in_claim, sign_in_succeeded to assay_app;
grant select, insert, update on sign_in_throttle to assay_app;
