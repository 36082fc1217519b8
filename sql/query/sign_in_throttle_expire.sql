-- Forgets failed tries that are older than a day, and 90 days after it where an account signed in.
-- reach: all
-- retry: yes
-- time: long
-- role: owner
delete from sign_in_throttle
where failed_at < $1::timestamptz - interval '1 day'
	and (signed_in_at is null or signed_in_at < $1::timestamptz - interval '90 days')
