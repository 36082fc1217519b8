-- The rows of upload $1 that moved somebody or failed, behind line $2, $3 at most.
-- reach: definitions
-- retry: yes
-- time: long
select line as row, outcome, substr(subject, 3) as user, previous, reason
from upload_row where upload = $1::bigint and line > $2::bigint
order by line limit $3::bigint
