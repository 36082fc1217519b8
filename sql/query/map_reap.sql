-- Lets go of audience rows that no definition has in effect or in the making, some at a time.
-- reach: all
-- retry: yes
-- time: long
-- role: owner
with dead as (
	select a.subject_id, a.experiment, a.version from audience as a
	left join experiment as e on e.nr = a.experiment
	where e.nr is null or a.version < e.audience
	limit 50000
)
delete from audience as a using dead as d
where a.subject_id = d.subject_id and a.experiment = d.experiment and a.version = d.version
