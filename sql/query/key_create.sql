-- A new key; $4 is the digest of its secret in hex, $5 its origins as a JSON array, $8 what the
-- keys of tags that it may write begin with, $9 the kinds of its subjects, $10 its signing secret
-- (null: none), $11 whether attributes are accepted, $12 and $13 its rates (null: as configured).
-- reach: definitions
-- retry: no
insert into api_key (id, kind, name, secret_hash, origins, created_at, expires_at,
	tag_prefix, subjects, signing_secret, attributes, rate, new_rate)
select $1, $2, $3, decode($4, 'hex'),
	coalesce((select array_agg(o) from jsonb_array_elements_text($5::jsonb) as o), '{}'),
	$6::timestamptz, $7::timestamptz, $8, string_to_array($9, ','), $10, $11::boolean,
	$12::integer, $13::integer
