-- Page views as the jobs have counted them, if they have, and the first 50 goals that views of a
-- page hit.
-- reach: definitions
-- retry: yes
select w.counted_at, w.hours, w.days, w.pages, (
	select coalesce(json_agg(json_build_object('name', g.name, 'page', g.page) order by g.name), '[]')
	from (
		select name, page from goal
		where page is not null and retired_at is null order by name limit 50
	) as g
) as goals
from (select) as one left join page_view_week as w on true
