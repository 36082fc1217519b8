-- How many requests were refused for their rate since $1, and the address from which more than
-- half of them came; no row where no address stands out.
-- reach: definitions
-- retry: yes
select refused, most, address from rate_refusal where recorded_at >= $1::timestamptz
	and most * 2 > refused
