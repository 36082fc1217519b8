-- All keys for people, oldest first; no secret, not even its digest.
-- reach: definitions
-- retry: yes
select id, kind, name, array_to_string(origins, ' ') ||
		case when tag_prefix = '' then '' else ' (tags ' || tag_prefix || ')' end as origins,
	concat_ws(', ',
		case when cardinality(subjects) < 3 then 'subjects ' || array_to_string(subjects, ' ') end,
		case when signing_secret is not null then 'signed' end,
		case when not attributes then 'no attributes' end,
		'rate ' || rate, 'new rate ' || new_rate) as narrowed,
	to_char(created_at, 'YYYY-MM-DD') as created,
	coalesce(to_char(expires_at, 'YYYY-MM-DD HH24:MI'), '-') as expires,
	coalesce(to_char(last_used_at, 'YYYY-MM-DD HH24:MI'), '-') as last_used,
	case when revoked_at is not null then 'revoked'
		when expires_at <= $1::timestamptz then 'expired' else 'valid' end as state
from api_key
order by created_at, id
