-- Mapping definition $1 (version $2 of its audience) has failed at $4: it is due again a second
-- later, then two, four, up to an hour; unless somebody wants it mapped again, and it is not due
-- as it was ($3).
-- reach: definitions
-- retry: no
-- role: owner
update audience_job
set attempts = attempts + 1, failed_at = $4::timestamptz, worker = null,
	due_at = $4::timestamptz + least(3600, power(2, least(attempts, 12))) * interval '1 second'
where nr = $1::bigint and next_version = $2::bigint and due_at = $3::timestamptz
returning attempts
