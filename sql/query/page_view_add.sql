-- Stores a batch of page views in one statement, and what they mean to experiments: those of
-- subjects $6, bots, nothing (null: all are), $7 whether sessions must be confirmed, at $8.
-- Sorted, so that two batches cannot wait for each other; of two views of a subject at one instant
-- the first one stays. repeated: the places, from 0, of those that were not stored; null: none.
-- reach: subject
-- retry: yes
with inserted as (
	insert into page_view (subject_id, viewed_at, name, url, referrer)
	select v.subject_id, v.viewed_at, v.name, v.url, v.referrer
	from unnest($1::text[], $2::timestamptz[], $3::text[], $4::text[], $5::text[])
		with ordinality as v (subject_id, viewed_at, name, url, referrer, position)
	order by v.subject_id, v.viewed_at, v.position
	on conflict do nothing
	returning subject_id, viewed_at, name
), enrolled as materialized (
	select array_agg(p.subject_id) as subjects, array_agg(p.viewed_at) as ats,
		array_agg(p.name) as names
	from inserted as p
	where p.subject_id <> all ($6::text[])
		and exists (select from enrolment as n where n.subject_id = p.subject_id)
)
select case when (select count(*) from inserted) < cardinality($1::text[]) then (
		select json_agg(v.position - 1 order by v.position) from (
			select u.subject_id, u.viewed_at, u.position,
				row_number() over (partition by u.subject_id, u.viewed_at order by u.position) as nth
			from unnest($1::text[], $2::timestamptz[])
				with ordinality as u (subject_id, viewed_at, position)
		) as v
		where v.nth > 1 or not exists (select 1 from inserted as p
			where p.subject_id = v.subject_id and p.viewed_at = v.viewed_at)) end as repeated,
	case when subjects is not null
		then page_view_activity(subjects, ats, names, $7::boolean, $8::timestamptz) end
from enrolled
