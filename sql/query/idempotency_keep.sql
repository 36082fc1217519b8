-- Keeps answer $4 to request $3 (a digest) for caller $1 and its key $2, at $5.
-- reach: definitions
-- retry: no
insert into idempotency (key_id, key, request_hash, answer, created_at)
values ($1, $2, $3, $4::jsonb, $5::timestamptz)
on conflict (key_id, key) do update
set request_hash = excluded.request_hash, answer = excluded.answer,
	created_at = excluded.created_at
