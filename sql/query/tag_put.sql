-- Writes tags of subject $1 in scope $2: keys $3 with the values $4 (JSON texts; null: the tag
-- goes), by $5 at $6, unless the subject would have more than $7 then: made is null.
-- reach: subject
-- retry: yes
-- writes: yes
select made, gone
from tag_put($1, $2, $3::text[], $4::text[], $5, $6::timestamptz, $7::bigint)
