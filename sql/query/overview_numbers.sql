-- What the overview counts at $1, today beginning at $2.
-- reach: all
-- retry: yes
-- time: long
select (select count(*) from experiment
		where status = 'ACTIVE' and state <> 0 and selfcheck is null) as running,
	(select coalesce(sum(c.n), 0)::bigint from (
		select experiment, n from result_cell
		where goal = 0 and day = ($2::timestamptz at time zone 'UTC')::date
		union all
		select experiment, n from result_delta
		where goal = 0 and day = ($2::timestamptz at time zone 'UTC')::date
	) as c where c.experiment in (
			select e.nr from experiment as e where e.selfcheck is null)) as enrolments_today,
	(select count(*) from page_view
		where viewed_at > $1::timestamptz - interval '1 hour' and viewed_at <= $1::timestamptz)
		as views_last_hour
