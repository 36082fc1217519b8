-- Keeps answer $4 to request $3 (a digest) for actor $1 and its key $2, at $5; it concerns
-- subjects $6.
-- reach: definitions
-- retry: no
insert into idempotency (actor, key, request_hash, answer, created_at, subjects)
values ($1, $2, $3, $4::jsonb, $5::timestamptz, $6::text[])
on conflict (actor, key) do update
set request_hash = excluded.request_hash, answer = excluded.answer,
	created_at = excluded.created_at, subjects = excluded.subjects
