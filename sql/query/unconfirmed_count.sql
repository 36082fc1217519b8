-- How many sessions are enrolled in experiment $1 and take no part yet, because nobody has
-- confirmed that they are human; at most $2 are counted.
-- reach: all
-- retry: yes
-- time: long
select count(*) as sessions from (
	select from enrolment as n join experiment as e on e.nr = n.experiment
	where e.id = $1 and n.subject_id >= 's:' and n.subject_id < 's;'
		and not exists (select from confirmed as k where k.subject_id = n.subject_id)
		and not exists (select from exposure as x
			where x.subject_id = n.subject_id and x.experiment = n.experiment)
	limit $2::bigint
) as s
