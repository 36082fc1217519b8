-- What a client key may do: of which kinds of subjects it may speak, whether users (and known devices)
-- need a signature, whether requests may bring attributes, and how many requests and new subjects a
-- second come from one address (null: as configured; 0: any number).
alter table api_key
	add subjects text[] not null default '{user,device,session}',
	add signing_secret text,
	add attributes boolean not null default true,
	add rate integer,
	add new_rate integer,
	add constraint api_key_subjects
		check (subjects <@ '{user,device,session}' and cardinality(subjects) > 0),
	add constraint api_key_rates check (rate >= 0 and new_rate >= 0);

comment on column api_key.signing_secret is
	'key of the HMAC that proves an id, as it was shown; null: no signature is asked for';

grant update (subjects, signing_secret, attributes, rate, new_rate) on api_key to assay_app;

-- A single row: where the requests came from that were refused for their rate in the last hour in which
-- there were any, so that a proxy that `proxies` does not name is noticed.
create table rate_refusal (
	one boolean primary key default true,
	recorded_at timestamptz not null,
	refused bigint not null,
	most bigint not null,
	address text not null,
	constraint rate_refusal_single check (one)
);

comment on table rate_refusal is 'refused for their rate within an hour, and how many of them from the address with the most';

grant select, insert, update on rate_refusal to assay_app;
