-- Revokes key $1 from $2 on.
-- reach: definitions
-- retry: yes
update api_key set revoked_at = coalesce(revoked_at, $2::timestamptz) where id = $1
