-- The answer that caller $1 got for its key $2 since $3, and whether nobody else is working on it:
-- the lock is held until the transaction ends.
-- reach: definitions
-- retry: no
select pg_try_advisory_xact_lock(hashtextextended($1 || ':' || $2, 0)) as ours,
	(
		select jsonb_build_object('hash', request_hash, 'answer', answer) from idempotency
		where key_id = $1 and key = $2 and created_at > $3::timestamptz
	) as stored
