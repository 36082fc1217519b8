-- Retires goal $1 at $2: it is hit no more, and what was counted stays.
-- reach: definitions
-- retry: no
update goal set retired_at = $2::timestamptz
where name = $1 and retired_at is null and nr >= 100
returning name, test, page, description, window_from, window_to, created_at, true as retired,
	false as built_in
