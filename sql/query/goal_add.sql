-- Defines goal $1 with test $2, page $3 and description $4 at $5, or revives it when it is
-- retired; no row when there is one.
-- reach: definitions
-- retry: no
insert into goal as g (name, test, page, description, created_at)
values ($1, $2, $3, $4, $5::timestamptz)
on conflict (name) do update
set test = excluded.test, page = excluded.page, description = excluded.description,
	retired_at = null
where g.retired_at is not null
returning name, test, page, description, created_at, false as retired, false as built_in
