-- Makes account $1 of role $5 at $3 with a sign-in link of digest $2 (hex) that is good until $4; no
-- row when there is one of that name.
-- reach: definitions
-- retry: no
-- role: owner
with made as (
	insert into account (name, role, created_at) values ($1, $5, $3::timestamptz)
	on conflict do nothing
	returning id
)
insert into sign_in_link (hash, account, expires_at)
select decode($2, 'hex'), id, $4::timestamptz from made
returning account
