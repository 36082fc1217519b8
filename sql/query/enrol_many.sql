-- Enrols subjects $1, drawn into alternatives $3 of experiments $2, by allocations $4; $5 whether
-- sessions must be confirmed, at $6. A row for each place whose experiment exists.
-- reach: subject
-- retry: yes
-- writes: yes
select place, alternative, source, enrolled_at, made
from enrol_many($1, $2::bigint[], $3::integer[], $4::bigint[], $5::boolean, $6::timestamptz)
