-- Changes goal $1 where it is not retired: test $2 and description $3 (null: as they are), if $4,
-- page $5, and, if $6, its window, from $7 to $8 hours.
-- reach: definitions
-- retry: yes
update goal
set test = coalesce($2, test), description = coalesce($3, description),
	page = case when $4::boolean then $5 else page end,
	window_from = case when $6::boolean then $7::integer else window_from end,
	window_to = case when $6::boolean then $8::integer else window_to end
where name = $1 and retired_at is null and nr >= 100
returning name, test, page, description, window_from, window_to, created_at, false as retired,
	false as built_in
