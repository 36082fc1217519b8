-- Makes account $1 of role $4 at $5 with a sign-in link of digest $2 (hex) that is good until $3;
-- no row when there is one of that name.
-- reach: definitions
-- retry: no
with created as (
	insert into account (name, role, created_at) values ($1, $4, $5::timestamptz)
	on conflict do nothing
	returning id
)
insert into sign_in_link (hash, account, expires_at)
select decode($2, 'hex'), id, $3::timestamptz from created
returning account
