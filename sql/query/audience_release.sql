-- Lets go of the definition that was claimed.
-- reach: local
-- retry: no
-- role: owner
select pg_advisory_unlock_all()
