-- How many values of the fields $1 ([{field, path, date}]) are no dates, or no numbers, in the
-- first $2 profiles that meet the other conditions; at_least when there may be more profiles. A
-- text that is a date has an instant beside it in the terms, of the same day or, with an offset,
-- of the next or the last. Functions are called last, and only for what begins as a number does:
-- most of the time is theirs.
-- reach: all
-- retry: yes
-- time: long
with field as (
	select distinct f ->> 'field' as field, f ->> 'path' as path, (f ->> 'date')::boolean as date
	from jsonb_array_elements($1::jsonb) as f
), unread as (
	select u.field, u.date, count(*) as amount, max(looked.nr) as seen
	from (
		select p.terms, row_number() over () as nr
		from (select p.terms from profile as p where true /* criteria */ limit $2::bigint) as p
	) as looked
	left join lateral (
		select f.field, f.date
		from unnest(looked.terms) as t
		join field as f on starts_with(t, f.path)
		cross join lateral (select substr(t, 1 + length(f.path)) as rest) as v
		where left(v.rest, 1) in ('=', '#', '?') and v.rest <> '='
			and case when v.rest !~ '^[#=]-?[0-9]' then true
				when not f.date then term_number(v.rest) is null
				when left(v.rest, 1) = '=' and exists (
					select from unnest(looked.terms) as i, generate_series(-1, 1) as day
					where starts_with(i, f.path || '@')
						and substr(v.rest, 2, 10) = to_char(timestamp '1970-01-01'
							+ substr(i, 2 + length(f.path))::bigint * interval '1 microsecond'
							+ day * interval '1 day', 'YYYY-MM-DD')
				) then false
				else term_instant(v.rest) is null end
	) as u on true
	group by u.field, u.date
)
select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('field', field, 'values', amount,
		'at_least', case when (select max(seen) from unread) >= $2::bigint then true end))
	order by field collate "C"), '[]') as unreadable
from (select field, max(amount) as amount from unread where field is not null group by field) as f
