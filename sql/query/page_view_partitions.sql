-- Makes the partitions of the days $1 .. $2, lets go what is older than $3.
-- reach: all
-- retry: no
-- writes: yes
-- time: long
-- role: owner
select made, dropped, deleted from page_view_partitions($1::date, $2::date, $3::timestamptz)
