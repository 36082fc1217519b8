-- Forgets where refused requests came from, unless that was since $1.
-- reach: definitions
-- retry: yes
-- role: owner
delete from rate_refusal where recorded_at < $1::timestamptz
