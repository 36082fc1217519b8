-- Places who has got a profile while a file of members of segmentation $1 was under way, at $2.
-- reach: all
-- retry: yes
-- writes: yes
-- time: long
select placed from preassigned_apply_late($1::bigint, $2::timestamptz)
