-- Makes key $3 of class $4 and name $5, on behalf of the session of digest $1 (hex) at $2; $6 is the
-- digest of its secret in hex, $7 its origins as a JSON array, $8 its end, $9 what the keys of tags
-- that it may write begin with, $10 the kinds of its subjects, $11 its signing secret (null: none), $12
-- whether attributes are accepted, $13 and $14 its rates (null: as configured).
-- reach: definitions
-- retry: no
-- writes: yes
select key_create(decode($1, 'hex'), $2::timestamptz, $3, $4, $5, decode($6, 'hex'),
	coalesce((select array_agg(o) from jsonb_array_elements_text($7::jsonb) as o), '{}'),
	$8::timestamptz, $9, string_to_array($10, ','), $11, $12::boolean, $13::integer, $14::integer)
