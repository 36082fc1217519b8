-- What client key $1 may do from now on: $2 the kinds of its subjects, $3 whether users need a
-- signature, $4 a new signing secret (null: the old one stays), $5 whether attributes are
-- accepted, $6 and $7 its rates (null: as configured).
-- reach: definitions
-- retry: yes
update api_key
set subjects = string_to_array($2, ','),
	signing_secret = case when $3::boolean then coalesce($4, signing_secret) end,
	attributes = $5::boolean, rate = $6::integer, new_rate = $7::integer
where id = $1 and kind = 'client' and revoked_at is null
