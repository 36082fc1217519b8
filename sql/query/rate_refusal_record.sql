-- At $1: so many requests ($2) were refused for their rate within this hour, the most of them ($3)
-- from address $4.
-- reach: definitions
-- retry: yes
insert into rate_refusal (recorded_at, refused, most, address)
values ($1::timestamptz, $2::bigint, $3::bigint, $4)
on conflict (one) do update
set recorded_at = excluded.recorded_at, refused = excluded.refused, most = excluded.most,
	address = excluded.address
