-- The counts of experiment $1, if they are current.
-- reach: definitions
-- retry: yes
select data, counted_at from result where experiment = $1::bigint and data is not null
