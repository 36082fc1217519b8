-- Profiles written since $3, while a mapping of definition $1 ran, are decided again for version
-- $2: who is in now joins. One that is being written is passed over and counted, and so is one
-- that has been: its writer knows of the version, but may fail.
-- reach: all
-- retry: no
-- time: long
-- role: owner
with missing as materialized (
	select p.subject_id, p.terms from profile as p
	where p.changed_at >= $3::timestamptz and true /* criteria */
		and not exists (
			select from audience as a
			where a.subject_id = p.subject_id and a.experiment = $1::bigint
				and a.version = $2::bigint
		)
), locked as materialized (
	select p.subject_id from profile as p
	join missing as m on m.subject_id = p.subject_id and m.terms = p.terms
	for share of p skip locked
), joined as (
	insert into audience (subject_id, experiment, version)
	select subject_id, $1::bigint, $2::bigint from locked
	on conflict do nothing
)
select (select count(*) from missing) - (select count(*) from locked) as passed
