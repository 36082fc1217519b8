-- Nobody is at work on definition $1 any more, who was making version $2.
-- reach: definitions
-- retry: no
-- role: owner
update audience_job set worker = null where nr = $1::bigint and next_version = $2::bigint
