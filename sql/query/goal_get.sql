-- Goal $1, if people defined it.
-- reach: definitions
-- retry: yes
select name, test, page, description, window_from, window_to, retired_at is not null as retired
from goal
where name = $1 and nr >= 100
