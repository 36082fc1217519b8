-- The profile of subject $1 over the window $2 .. $3 (now), at most $4 active days.
-- A gap of up to 30 minutes belongs to the session, a longer one starts another; a session lasts
-- last - first + 1 minutes, so the minutes are the sessions plus all the gaps within them.
-- Views up to $5 (now + 1 day) are read for the instant at which the answer changes by itself:
-- when the first view leaves the window, or when the time of a future view has come.
-- reach: subject
-- retry: yes
with viewed as (
	select viewed_at, name, viewed_at <= $3::timestamptz as seen,
		viewed_at - lag(viewed_at) over (order by viewed_at) as gap
	from page_view
	where subject_id = $1 and viewed_at >= $2::timestamptz and viewed_at <= $5::timestamptz
), favourite as (
	select name from viewed where seen group by name order by count(*) desc, max(viewed_at) desc
		limit 1
)
select count(*) filter (where seen) as views,
	trim_scale(round(
		count(*) filter (where seen and (gap is null or gap > interval '30 minutes')) +
		coalesce(extract(epoch from sum(gap)
			filter (where seen and gap <= interval '30 minutes')) / 60, 0), 3)) as minutes,
	least(count(distinct (viewed_at at time zone 'UTC')::date) filter (where seen),
		$4::bigint) as days,
	(select name from favourite) as favourite,
	count(distinct name) filter (where seen) as pages,
	(extract(epoch from min(viewed_at) filter (where seen)) * 1000000)::bigint as first_us,
	(extract(epoch from min(viewed_at) filter (where not seen)) * 1000000)::bigint as next_us
from viewed
