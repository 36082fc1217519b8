-- People who sign in to the pages, their sessions, and the record of what they changed.

create table account (
	id bigint generated always as identity,
	name text collate "C" not null,
	role text not null,
	password text,
	created_at timestamptz not null,
	disabled_at timestamptz,
	failures integer not null default 0,
	blocked_until timestamptz,
	constraint account_pk primary key (id),
	constraint account_name unique (name),
	constraint account_role check (role in ('viewer', 'editor', 'admin'))
);

comment on column account.password is 'Argon2id; null: nobody can sign in by password';

-- Of a session only a digest is kept.
create table session (
	hash bytea not null,
	account bigint not null,
	csrf text not null,
	created_at timestamptz not null,
	seen_at timestamptz not null,
	constraint session_pk primary key (hash),
	constraint session_hash check (octet_length(hash) = 32),
	constraint session_account foreign key (account) references account (id) on delete cascade
);

create index session_by_account on session (account);

create table sign_in_link (
	hash bytea not null,
	account bigint not null,
	expires_at timestamptz not null,
	constraint sign_in_link_pk primary key (hash),
	constraint sign_in_link_account foreign key (account) references account (id)
		on delete cascade
);

-- Tries to sign in by address: so many since then.
create table sign_in_try (
	address text collate "C" not null,
	since timestamptz not null,
	failures integer not null,
	constraint sign_in_try_pk primary key (address)
);

-- Who changed what: by a page (account) or by a key.
create table audit (
	nr bigint generated always as identity,
	occurred_at timestamptz not null,
	account text,
	key_id text,
	action text not null,
	target text,
	status integer not null,
	before jsonb,
	after jsonb,
	request_id text,
	constraint audit_pk primary key (nr)
);

create index audit_target on audit (target, nr);
create index audit_account on audit (account, nr);

-- The strings within before and after that may be an id.
create function audit_words(before jsonb, after jsonb)
returns text[]
language plpgsql immutable
set search_path from current
as $$
begin
	return array(
		select v #>> '{}' from unnest(array[before, after]) as o,
			jsonb_path_query(o, 'strict $.** ? (@.type() == "string")') as v
		where octet_length(v #>> '{}') <= 128);
end
$$;

create index audit_word on audit using gin (audit_words(before, after));

-- Takes the id of a subject that is erased out of what the log keeps.
create function audit_forget(subject text)
returns void
language plpgsql
set search_path from current
as $$
declare
	id text := substr(subject, 3);
	word text := to_jsonb(id)::text;
begin
	update audit as a
	set before = replace(a.before::text, word, '"(erased)"')::jsonb,
		after = replace(a.after::text, word, '"(erased)"')::jsonb
	where audit_words(a.before, a.after) @> array[id];
end
$$;

revoke execute on function audit_words, audit_forget from public;
grant execute on function audit_words, audit_forget to assay_app;

grant select, insert, update, delete on session, sign_in_link, sign_in_try to assay_app;
grant select, insert, update (role, password, disabled_at, failures, blocked_until) on account
	to assay_app;
grant select, insert, update (before, after) on audit to assay_app;
grant insert, update (revoked_at) on api_key to assay_app;
