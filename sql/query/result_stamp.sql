-- What results of experiment $1 are told by (result_read), as the versions of those rows. Deltas
-- come in any order of their numbers, so they are told by how many there are and the highest.
-- reach: all
-- retry: yes
select concat_ws(' ', e.xmin, e.ctid, l.version, d.waiting, d.newest,
	(select max(a.nr) from allocation as a where a.experiment = e.nr),
	(select string_agg(w.xmin::text, ' ' order by w.hours)
		from result_window as w where w.experiment = e.nr),
	(select string_agg(g.xmin::text, ' ' order by g.nr) from goal as g)) as stamp
from experiment as e
left join result_ledger as l on l.experiment = e.nr
cross join lateral (
	select count(*) as waiting, max(x.nr) as newest from result_delta as x where x.experiment = e.nr
) as d
where e.id = $1
