-- What results of experiment $1 are told by (result_find), as the versions of those rows; no row
-- while no counts are kept.
-- reach: definitions
-- retry: yes
select concat_ws(' ', e.xmin, e.ctid, r.xmin, r.ctid,
	(select max(s.nr) from allocation as s where s.experiment = e.nr),
	(select string_agg(g.xmin::text, ' ' order by g.nr) from goal as g)) as stamp
from experiment as e join result as r on r.experiment = e.nr and r.data is not null
where e.id = $1
