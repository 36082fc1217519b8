-- Goals by name, behind $1 (null: from the first), at most $2.
-- reach: definitions
-- retry: yes
select name, test, page, description, window_from, window_to, created_at,
	retired_at is not null as retired, nr < 100 as built_in
from goal
where $1::text is null or name > $1
order by name
limit $2::bigint
