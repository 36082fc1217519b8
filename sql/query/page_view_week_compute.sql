-- Works out from the hours what is shown at $1: the last 24 hours, the last 7 days (of UTC), and
-- the 20 pages that were viewed most in the last 7 x 24 hours.
-- reach: all
-- retry: yes
-- time: long
-- role: owner
with clock as materialized (
	select date_trunc('hour', $1::timestamptz, 'UTC') as hour,
		date_trunc('day', $1::timestamptz, 'UTC') as day
), last as (
	select s.hour, coalesce(h.views, 0) as views
	from clock, generate_series(clock.hour - interval '23 hours', clock.hour,
		interval '1 hour') as s (hour)
	left join page_view_hour as h on h.hour = s.hour
), daily as (
	select s.day, (select coalesce(sum(h.views), 0) from page_view_hour as h
		where h.hour >= s.day and h.hour < s.day + interval '24 hours') as views
	from clock, generate_series(clock.day - interval '144 hours', clock.day,
		interval '24 hours') as s (day)
), most as (
	select (p.o ->> 0) collate "C" as name, sum((p.o ->> 1)::bigint) as views
	from clock, page_view_hour as h, jsonb_array_elements(h.pages) as p (o)
	where h.hour > clock.hour - interval '168 hours' and h.hour <= clock.hour
	group by 1
	order by 2 desc, 1
	limit 20
)
insert into page_view_week (one, counted_at, hours, days, pages)
select true, $1::timestamptz,
	(select json_agg(json_build_object('at', to_char(hour at time zone 'UTC', 'MM-DD HH24:00'),
		'views', views) order by hour) from last),
	(select json_agg(json_build_object('at', to_char(day at time zone 'UTC', 'YYYY-MM-DD'),
		'views', views) order by day) from daily),
	coalesce((select json_agg(json_build_object('name', name, 'views', views)
		order by views desc, name) from most), '[]')
on conflict (one) do update
set counted_at = excluded.counted_at, hours = excluded.hours, days = excluded.days,
	pages = excluded.pages
