-- Whether nobody else is working on what actor $1 asks for with its key $2: the lock is held until
-- the transaction ends.
-- reach: definitions
-- retry: no
select pg_try_advisory_xact_lock(hashtextextended($1 || ':' || $2, 0)) as ours
