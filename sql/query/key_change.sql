-- What client key $3 may do from now on, on behalf of the session of digest $1 (hex) at $2: $4 the kinds
-- of its subjects, $5 whether users need a signature, $6 a new signing secret (null: the old one
-- stays), $7 whether attributes are accepted, $8 and $9 its rates (null: as configured).
-- reach: definitions
-- retry: yes
-- writes: yes
select key_change(decode($1, 'hex'), $2::timestamptz, $3, string_to_array($4, ','), $5::boolean, $6,
	$7::boolean, $8::integer, $9::integer) as changed
