-- Definition $1 is due again at $4, as version $2 of its audience is complete or there is nothing
-- to make; unless somebody wants it mapped again, and it is not due as it was ($3), or has taken
-- it up.
-- reach: definitions
-- retry: no
-- role: owner
update audience_job set due_at = $4::timestamptz, attempts = 0, failed_at = null
where nr = $1::bigint and next_version = $2::bigint and due_at = $3::timestamptz
