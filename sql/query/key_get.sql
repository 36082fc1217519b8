-- Key $1 for people, at $2; no secret, neither its own nor the one that signs.
-- reach: definitions
-- retry: yes
select id, kind, name, array_to_string(origins, ' ') as origins, tag_prefix,
	to_char(created_at, 'YYYY-MM-DD HH24:MI') as created,
	to_char(expires_at, 'YYYY-MM-DD HH24:MI') as expires,
	to_char(last_used_at, 'YYYY-MM-DD HH24:MI') as last_used,
	case when revoked_at is not null then 'revoked'
		when expires_at <= $2::timestamptz then 'expired' else 'valid' end as state,
	to_json(subjects) as subjects, signing_secret is not null as signed, attributes, rate, new_rate
from api_key
where id = $1
