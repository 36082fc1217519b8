-- Ends the backend of process id $1 that began at $2, if it is there, and waits up to $3
-- milliseconds (0: not at all) until it is gone; whether it is. A backend of another role is
-- nobody's.
-- reach: local
-- retry: no
select coalesce(bool_and(pg_terminate_backend(pid, $3::bigint)), true) as gone
from pg_stat_activity where pid = $1::integer and backend_start = $2::timestamptz
