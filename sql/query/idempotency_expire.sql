-- Lets go of answers from before $1.
-- reach: definitions
-- retry: yes
-- role: owner
delete from idempotency where created_at < $1::timestamptz
