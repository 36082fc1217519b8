-- Key $1 for people, as of $2; no secret, not even its digest.
-- reach: definitions
-- retry: yes
select id, kind, name, to_char(created_at, 'YYYY-MM-DD') as created,
	to_char(last_used_at, 'YYYY-MM-DD HH24:MI') as last_used,
	revoked_at is null and (expires_at is null or expires_at > $2::timestamptz) as valid
from api_key
where id = $1
