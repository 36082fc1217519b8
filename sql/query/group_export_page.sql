-- Who is in which group, user by user behind $6 (u:: from the first), at most $7 users: of the
-- segmentations $1, which are columns $2, and the experiments $3, columns $4; with $5 all users of
-- the directory, too. Each is read in order and no further than a page needs; where one of them
-- was not read to its end, the page ends with its last user. more: there may be others behind.
-- reach: all
-- retry: yes
with found as materialized (
	select w.n, r.subject_id, r.group_nr
	from unnest($1::bigint[], $2::bigint[]) as w (nr, n), lateral (
		select m.subject_id, m.group_nr from membership as m
		where m.segmentation = w.nr and m.subject_id > $6
		order by m.subject_id fetch first ($7::bigint) rows with ties
	) as r
	union all
	select w.n, r.subject_id, r.alternative
	from unnest($3::bigint[], $4::bigint[]) as w (nr, n), lateral (
		select e.subject_id, e.alternative from enrolment as e
		where e.experiment = w.nr and e.subject_id > $6 and e.subject_id < 'u;'
		order by e.subject_id limit $7::bigint
	) as r
	union all
	(
		select 0, p.subject_id, 0 from profile as p
		where $5::boolean and p.subject_id > $6 and p.subject_id < 'u;'
		order by p.subject_id limit $7::bigint
	)
), ends as (
	select min(last) as last from (
		select max(subject_id) as last from found group by n having count(*) >= $7::bigint
	) as t
), page as (
	select subject_id, array_agg(n) as columns, array_agg(group_nr) as groups
	from found where subject_id <= coalesce((select last from ends), 'u;')
	group by subject_id order by subject_id limit $7::bigint
)
select substr(subject_id, 3) as user_id, columns, groups,
	(select last from ends) is not null
		or (select count(distinct subject_id) from found) > $7::bigint as more
from page order by subject_id
