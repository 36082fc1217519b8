-- What the overview counts at $1, today beginning at $2.
-- reach: all
-- retry: yes
-- time: long
select (select count(*) from experiment where status = 'ACTIVE' and state <> 0) as running,
	(select coalesce(sum(n), 0) from experiment as e, lateral (
		select count(*) as n from exposure as x
		where x.experiment = e.nr and x.exposed_at >= $2::timestamptz) as c
		where e.status = 'ACTIVE' or e.updated_at >= $2::timestamptz) as enrolments_today,
	(select count(*) from page_view
		where viewed_at > $1::timestamptz - interval '1 hour' and viewed_at <= $1::timestamptz)
		as views_last_hour
