-- The place of client address $1, from the table of address ranges.
-- reach: definitions
-- retry: yes
select l.place
from (
	select place, last from ip_location where first <= $1::inet order by first desc limit 1
) as l
where l.last >= $1::inet
