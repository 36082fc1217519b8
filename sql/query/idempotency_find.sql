-- The answer that actor $1 got for its key $2 since $3. A statement of its own, behind the lock:
-- one that takes the lock does not see what its last holder committed a moment before.
-- reach: definitions
-- retry: no
select jsonb_build_object('hash', request_hash, 'answer', answer) as stored from idempotency
where actor = $1 and key = $2 and created_at > $3::timestamptz
