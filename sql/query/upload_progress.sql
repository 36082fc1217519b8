-- Upload $1 is worked off up to byte $2, with so many rows more in all $3, added $4, changed $5,
-- there already $6, assigned by address $7, failed $8; it is done at $9 (null: not yet).
-- reach: definitions
-- retry: no
update upload
set position = $2::bigint, total = total + $3::bigint, added = added + $4::bigint,
	changed = changed + $5::bigint, present = present + $6::bigint,
	preassigned = preassigned + $7::bigint, failed = failed + $8::bigint,
	attempts = 0, failed_at = null, retry_at = null, done_at = $9::timestamptz, content = case
		when $9 is null then content end
where nr = $1::bigint
