-- Counts the participants of experiment $1 by windows of $2 hours, if that was not done, at $3.
-- reach: all
-- retry: yes
-- role: owner
-- writes: yes
-- time: long
select result_window_build($1::bigint, $2::integer, $3::timestamptz)
