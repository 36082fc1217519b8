-- Adds the address ranges $1 .. $2, which do not overlap each other, with places $3 (JSON texts).
-- Left out, and told by their number from 1 on, are those that overlap one that is there already.
-- reach: definitions
-- retry: no
-- role: owner
with new_range as (
	select nr, a::inet as first, b::inet as last, place::jsonb as place
	from unnest($1::text[], $2::text[], $3::text[]) with ordinality as u (a, b, place, nr)
), clash as (
	select new_range.nr, l.first, l.last
	from new_range cross join lateral (
		select first, last from ip_location where first <= new_range.last order by first desc limit 1
	) as l
	where l.last >= new_range.first
), inserted as (
	insert into ip_location (first, last, place)
	select first, last, place from new_range where not exists (select from clash
		where clash.nr = new_range.nr)
)
select nr, host(first) as first, host(last) as last from clash order by nr
