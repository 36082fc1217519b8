-- What was done to experiment $1, by pages, keys and imports, the newest first, below number $2
-- (null: from the newest), at most $3. Goals and layers may have the same id.
-- reach: definitions
-- retry: yes
select nr, occurred_at as at, account, key_id, action, status, status >= 400 as refused, before,
	after
from audit
where target = $1 and (action ~ '^[A-Z]+ (/admin)?/experiment'
		or action = 'import definitions' and after ? 'expId')
	and ($2::bigint is null or nr < $2::bigint)
order by nr desc
limit $3::bigint
