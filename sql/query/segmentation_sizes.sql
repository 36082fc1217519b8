-- How many are in each group of segmentation $1, or in each alternative of the experiment of that
-- id, of the first $2 of them.
-- reach: all
-- retry: yes
select group_nr, count(*) as n from (
	(
		select m.group_nr from membership as m
		where m.segmentation = (select nr from segmentation where id = $1)
		limit $2::bigint
	)
	union all
	(
		select e.alternative from enrolment as e
		where e.experiment = (select nr from experiment where id = $1)
			and e.subject_id >= 'u:' and e.subject_id < 'u;'
		limit $2::bigint
	)
) as m
group by group_nr
