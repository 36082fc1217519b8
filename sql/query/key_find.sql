-- A key by its public id, with the digest to compare, what it may do, and whether $2 (now) is past
-- its end.
-- reach: definitions
-- retry: yes
select id, kind, encode(secret_hash, 'hex') as secret_hash, to_jsonb(origins) as origins,
	tag_prefix, array_to_string(subjects, ',') as subjects, signing_secret, attributes, rate,
		new_rate,
	revoked_at is null and (expires_at is null or expires_at > $2::timestamptz) as valid,
	last_used_at is null or last_used_at < $2::timestamptz - interval '1 minute' as stale
from api_key
where id = $1
