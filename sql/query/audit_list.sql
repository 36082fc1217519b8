-- What was changed, the newest first, below number $1 (null: from the newest), by account $2 and
-- of target $3 (null: any), at most $4.
-- reach: definitions
-- retry: yes
select nr, occurred_at as at, account, key_id, action, target, status, status >= 400 as refused,
	before, after
from audit
where ($1::bigint is null or nr < $1::bigint) and ($2::text is null or account = $2)
	and ($3::text is null or target = $3)
order by nr desc
limit $4::bigint
