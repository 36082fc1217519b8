-- SPDX-License-Identifier: GPL-3.0-or-later
-- Uses up a sign-in link, by the digest of its token, and opens a session of its account; no row when
-- it is unknown, too old or of an account that is disabled. Both are told by the server's clock,
-- whatever `at` says.
create or replace function sign_in_link_use(
	link bytea, at timestamptz, digest bytea, csrf text, out name text, out has_password boolean)
returns setof record
language plpgsql security definer
set search_path from current
as $$
declare
	entered account;
begin
	delete from sign_in_link as l using account as a
	where l.hash = sha256(sign_in_link_use.link) and l.expires_at > clock_timestamp()
		and a.id = l.account and a.disabled_at is null
	returning a.* into entered;
	if entered.id is null then
		return;
	end if;
	insert into session (hash, account, csrf, created_at, seen_at)
	values (sha256(sign_in_link_use.digest), entered.id, sign_in_link_use.csrf,
		clock_timestamp(), clock_timestamp());
	name := entered.name;
	has_password := entered.password is not null;
	return next;
end
$$;

revoke execute on function sign_in_link_use from public;
grant execute on function sign_in_link_use to assay_app;
