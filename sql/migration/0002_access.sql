-- SPDX-License-Identifier: GPL-3.0-or-later
-- The data model, continued from 0001_schema.sql.

-- ---------------------------------------------------------------------------------------------
-- Files of members

create table upload (
	nr bigint generated always as identity,
	segmentation bigint not null,
	created_by text,
	created_at timestamptz not null,
	content text,
	position bigint not null default 0,
	erasure_count bigint not null default 0,
	total bigint not null default 0,
	added bigint not null default 0,
	changed bigint not null default 0,
	present bigint not null default 0,
	preassigned bigint not null default 0,
	failed bigint not null default 0,
	done_at timestamptz,
	attempts integer not null default 0,
	failed_at timestamptz,
	retry_at timestamptz,
	constraint upload_pk primary key (nr),
	constraint upload_segmentation foreign key (segmentation)
		references segmentation (nr) on delete cascade
);

comment on column upload.content is 'the file until it is done; null: worked on by the request itself';
comment on column upload.position is 'bytes of content that are done';
comment on column upload.erasure_count is 'how often somebody was erased from content';
comment on column upload.attempts is 'failures in a row, the last at failed_at; tried again at retry_at';

create index upload_of on upload (segmentation);
create index upload_due on upload (nr) where done_at is null;

create table upload_row (
	upload bigint not null,
	line bigint not null,
	outcome text not null,
	subject text collate "C",
	previous text,
	reason text,
	constraint upload_row_pk primary key (upload, line),
	constraint upload_row_outcome check (outcome in ('changed', 'failed')),
	constraint upload_row_upload foreign key (upload) references upload (nr) on delete cascade
);

comment on table upload_row is 'rows of a file that moved a user to another group, or failed';
comment on column upload_row.line is 'line of the file at which the row begins';

create index upload_row_subject on upload_row (subject);

-- Groups of users who have no profile yet, by their case-folded e-mail address.
create table preassigned (
	email text collate "C" not null,
	segmentation bigint not null,
	slot bigint not null,
	group_nr bigint not null,
	overlap boolean not null,
	assigned_by text,
	assigned_at timestamptz not null,
	constraint preassigned_pk primary key (email, segmentation, slot),
	constraint preassigned_slot check (slot = case when overlap then group_nr else 0 end),
	constraint preassigned_segmentation foreign key (segmentation, overlap)
		references segmentation (nr, overlap) on delete cascade
);

create index preassigned_of on preassigned (segmentation);

-- ---------------------------------------------------------------------------------------------
-- Jobs

-- The audience of each experiment as work to do, apart from the definition: it changes often and
-- only the jobs read it. Whoever works on one holds an advisory lock of class audience_job.
create table audience_job (
	nr bigint not null,
	due_at timestamptz,
	worker text,
	next_version bigint not null default 0,
	users_matched bigint,
	devices_matched bigint,
	computed_at timestamptz,
	attempts integer not null default 0,
	failed_at timestamptz,
	constraint audience_job_pk primary key (nr)
);

comment on column audience_job.nr is 'that of the experiment';
comment on column audience_job.next_version is 'version of audience rows that was begun last';
comment on column audience_job.attempts is 'failures in a row, the last at failed_at';

-- Imports of profiles whose audiences are not recomputed yet. An import deletes its row at its
-- end; the jobs take care of one that is not heard of any more.
create table bulk_import (
	id text not null,
	kind text not null,
	changed_at timestamptz not null,
	constraint bulk_import_pk primary key (id),
	constraint bulk_import_kind check (kind in ('user', 'device'))
);

comment on column bulk_import.changed_at is 'when it last changed profiles';

-- Metrics of the jobs, summed over their processes and restarts.
create table job_counter (
	name text not null,
	value double precision not null,
	constraint job_counter_pk primary key (name)
);

-- ---------------------------------------------------------------------------------------------
-- Access: keys of programs, accounts of people

create table api_key (
	id text primary key,
	kind text not null,
	name text not null,
	secret_hash bytea not null,
	origins text[] not null default '{}',
	created_at timestamptz not null,
	expires_at timestamptz,
	revoked_at timestamptz,
	last_used_at timestamptz,
	tag_prefix text not null default '',
	subjects text[] not null default '{user,device,session}',
	signing_secret text,
	attributes boolean not null default true,
	rate integer,
	new_rate integer,
	constraint api_key_id check (id ~ '^[0-9a-f]{8}$'),
	constraint api_key_kind check (kind in ('client', 'server', 'admin', 'metrics')),
	constraint api_key_secret check (octet_length(secret_hash) = 32),
	constraint api_key_subjects
		check (subjects <@ '{user,device,session}' and cardinality(subjects) > 0),
	constraint api_key_rates check (rate >= 0 and new_rate >= 0)
);

comment on column api_key.secret_hash is 'BLAKE2b-256 of the secret';
comment on column api_key.tag_prefix is 'keys of tags that it may write begin so';
comment on column api_key.subjects is 'kinds of subjects that a client key may speak of';
comment on column api_key.signing_secret is
	'key of the HMAC that proves an id, as it was shown; null: no signature is asked for';
comment on column api_key.attributes is 'whether requests may bring attributes';
comment on column api_key.rate is
	'requests a second from one address; null: as configured, 0: any number';
comment on column api_key.new_rate is 'new subjects a second from one address; as rate';

create table account (
	id bigint generated always as identity,
	name text collate "C" not null,
	role text not null,
	password text,
	created_at timestamptz not null,
	disabled_at timestamptz,
	constraint account_pk primary key (id),
	constraint account_name unique (name),
	constraint account_role check (role in ('viewer', 'editor', 'admin'))
);

comment on column account.password is 'Argon2id; null: nobody can sign in by password';

-- Of the cookie of a session the SHA-256 of a digest is stored: the digest is what the workers know
-- it by and what functions ask for as a proof, so reading the table proves nothing. So with links.
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

-- Failed attempts to sign in, by account and network together first: somebody elsewhere cannot
-- keep the owner of an account out. Names are kept as digests, whether there is such an account or
-- not.
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
	'of a pair: when the account last signed in from that network';

create index sign_in_throttle_failed on sign_in_throttle (failed_at);

-- One row: requests refused for their rate in the last hour in which there were any, so that a
-- proxy that `proxies` does not name is noticed.
create table rate_refusal (
	one boolean primary key default true,
	recorded_at timestamptz not null,
	refused bigint not null,
	most bigint not null,
	address text not null,
	constraint rate_refusal_single check (one)
);

comment on column rate_refusal.most is 'how many of them came from address, which had the most';

-- ---------------------------------------------------------------------------------------------
-- What was done, by whom

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
	subjects text[] not null default '{}',
	constraint audit_pk primary key (nr)
);

comment on table audit is 'changes by a page (account) or by a key (key_id)';
comment on column audit.subjects is
	'subjects that it concerns: an erasure finds the row by them and empties before and after';

create index audit_target on audit (target, nr);
create index audit_account on audit (account, nr);
create index audit_subject on audit using gin (subjects) where subjects <> '{}';

-- Answers to requests that carried an idempotency key, by who asked (a key or an account).
create table idempotency (
	actor text not null,
	key text not null,
	request_hash text not null,
	answer jsonb not null,
	created_at timestamptz not null,
	subjects text[] not null default '{}',
	constraint idempotency_pk primary key (actor, key)
);

comment on column idempotency.subjects is 'subjects that the answer concerns, for erasures';

create index idempotency_subject on idempotency using gin (subjects) where subjects <> '{}';

-- ---------------------------------------------------------------------------------------------
-- Rights of the role that serves requests

grant select, insert, update, delete on preassigned, upload, upload_row, audience_job to assay_app;
grant select on job_counter to assay_app;
-- Keys, accounts, sessions and sign-in links are written by functions of the owner, which ask for a
-- session that allows it (session_authorize); to the audit log rows are added and nothing else.
grant select on api_key, account, session to assay_app;
grant update (last_used_at) on api_key to assay_app;
grant select, insert on audit to assay_app;
grant select, insert, update on idempotency, sign_in_throttle, rate_refusal to assay_app;
