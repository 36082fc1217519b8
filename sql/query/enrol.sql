-- Enrols subject $1 in experiments $2, ascending, in their alternatives $3 of the allocations $4,
-- $5 being the alternatives that are gone; how: $6; $7 whether sessions must be confirmed, at $8.
-- reach: subject
-- retry: yes
-- writes: yes
select nr, alternative, source, enrolled_at, made, wrote
from enrol($1, $2::bigint[], $3::integer[], $4::bigint[], $5::integer[], $6, $7::boolean,
	$8::timestamptz)
