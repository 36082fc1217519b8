-- What a worker needs of every experiment that is in effect.
-- reach: definitions
-- retry: yes
select nr, id, name, criteria, data, start_date::text as start, end_date::text as end, state,
	standard, alternatives, traffic, salt, audience, flipped
from experiment where status = 'ACTIVE'
order by nr
