-- Which of the names $1 are goals, and whether they are retired.
-- reach: definitions
-- retry: yes
select name, retired_at is not null as retired from goal where name = any ($1::text[])
