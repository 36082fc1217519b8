-- What an operator wants to know of the server at $1 (now): durability, partitions, clock, keys.
-- reach: all
-- retry: yes
-- role: owner
select current_setting('fsync') = 'on' and current_setting('synchronous_commit') <> 'off' as durable,
	(
		select count(*) from generate_series(0, 6) as d
		where to_regclass('page_view_' ||
			to_char($1::timestamptz + d * interval '1 day', 'YYYYMMDD')) is not null
	) as days_ahead,
	abs(extract(epoch from clock_timestamp() - $1::timestamptz) * 1000)::bigint as skew_ms,
	(
		select count(*) from api_key
		where revoked_at is null and (expires_at is null or expires_at > $1::timestamptz)
	) as valid_keys
