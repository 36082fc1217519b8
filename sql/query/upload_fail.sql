-- Working on upload $1 has failed at $2: the next try is a second later, then two, four, up to an
-- hour.
-- reach: definitions
-- retry: no
-- role: owner
update upload
set attempts = attempts + 1, failed_at = $2::timestamptz,
	retry_at = $2::timestamptz + least(3600, power(2, least(attempts, 12))) * interval '1 second'
where nr = $1::bigint and done_at is null
returning attempts
