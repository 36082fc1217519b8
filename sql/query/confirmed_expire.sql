-- Deletes confirmations of sessions from before $2 that are enrolled nowhere; of $3 sessions behind $1.
-- The last of these; null when there was none.
-- reach: all
-- retry: yes
-- writes: yes
-- time: long
-- role: owner
select confirmed_expire($1, $2::timestamptz, $3::integer) as last
