-- Counts the page views from $1 to before $2 (whole hours) anew, with the 50 pages of each hour
-- that are viewed most; lets go of hours before $3. Sorted, so that two jobs cannot wait for each
-- other.
-- reach: all
-- retry: yes
-- time: long
-- role: owner
with counted as (
	select date_trunc('hour', viewed_at, 'UTC') as hour, name, count(*) as n
	from page_view
	where viewed_at >= $1::timestamptz and viewed_at < $2::timestamptz
	group by 1, 2
), ranked as (
	select hour, name, n,
		row_number() over (partition by hour order by n desc, name collate "C") as place
	from counted
), hours as materialized (
	select hour, sum(n)::bigint as views,
		jsonb_agg(jsonb_build_array(name, n) order by place) filter (where place <= 50) as pages
	from ranked
	group by hour
), deleted as (
	delete from page_view_hour as h
	where h.hour < $3::timestamptz or (h.hour >= $1::timestamptz and h.hour < $2::timestamptz
		and not exists (select from hours as o where o.hour = h.hour))
)
insert into page_view_hour as h (hour, views, pages)
select hour, views, pages from hours order by hour
on conflict (hour) do update
set views = excluded.views, pages = excluded.pages
where h.views <> excluded.views or h.pages <> excluded.pages
