-- Erases subject $1 everywhere and says how many rows of each kind are gone.
-- reach: subject
-- retry: yes
-- time: long
with page_views as (
	delete from page_view where subject_id = $1 returning 1
)
select (select count(*) from page_views) as page_views, l.profiles as profile, l.audiences
from audience_leave($1) as l
