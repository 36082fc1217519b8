-- Whether any valid key allows origin $1: a preflight request carries no key.
-- reach: definitions
-- retry: yes
select exists (
	select from api_key
	where $1 = any (origins) and revoked_at is null
	and (expires_at is null or expires_at > $2::timestamptz)
) as known
