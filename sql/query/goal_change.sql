-- Changes goal $1 where it is not retired: test $2 and description $3 (null: as they are), and, if
-- $4, page $5.
-- reach: definitions
-- retry: yes
update goal
set test = coalesce($2, test), description = coalesce($3, description),
	page = case when $4::boolean then $5 else page end
where name = $1 and retired_at is null and nr >= 100
returning name, test, page, description, created_at, false as retired, false as built_in
