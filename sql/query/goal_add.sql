-- Defines goal $1 with test $2, page $3, description $4 and a window from $6 to $7 hours (null:
-- none) at $5, or revives it when it is retired; no row when there is one.
-- reach: definitions
-- retry: no
insert into goal as g (name, test, page, description, created_at, window_from, window_to)
values ($1, $2, $3, $4, $5::timestamptz, $6::integer, $7::integer)
on conflict (name) do update
set test = excluded.test, page = excluded.page, description = excluded.description,
	window_from = excluded.window_from, window_to = excluded.window_to, retired_at = null
where g.retired_at is not null
returning name, test, page, description, window_from, window_to, created_at, false as retired,
	false as built_in
