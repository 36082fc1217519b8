-- Notes at $1 that account $2 or key $3 did $4 to $5 with HTTP status $6: before $7, after $8, in
-- request $9, which concerns subjects $10.
-- reach: definitions
-- retry: no
insert into audit (occurred_at, account, key_id, action, target, status, before, after, request_id,
	subjects)
values ($1::timestamptz, $2, $3, $4, $5, $6::integer, $7::jsonb, $8::jsonb, $9, $10::text[])
