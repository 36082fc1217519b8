-- Lets go of audience rows that no definition has in effect, some at a time. Those in the making
-- are not to be seen before they are in effect; self-checks have none. What another process is
-- letting go is passed over.
-- reach: all
-- retry: yes
-- time: long
-- role: owner
with dead as (
	select a.subject_id, a.experiment, a.version from audience as a
	left join experiment as e on e.nr = a.experiment
	where e.nr is null or a.version <> e.audience_version
	limit 50000 for update of a skip locked
)
delete from audience as a using dead as d
where a.subject_id = d.subject_id and a.experiment = d.experiment and a.version = d.version
