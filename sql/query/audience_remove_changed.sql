-- Profiles written since $3, while a mapping of definition $1 ran, are decided again for version
-- $2: who is no longer in leaves. One that is being written is passed over and counted, and so is
-- one that has been: its writer knows of the version, but may fail.
-- reach: all
-- retry: no
-- time: long
-- role: owner
with stale as materialized (
	select p.subject_id, p.terms from profile as p
	join audience as a on a.subject_id = p.subject_id
	where a.experiment = $1::bigint and a.version = $2::bigint
		and p.changed_at >= $3::timestamptz and (true /* criteria */) is not true
), locked as materialized (
	select p.subject_id from profile as p
	join stale as s on s.subject_id = p.subject_id and s.terms = p.terms
	for share of p skip locked
), deleted as (
	delete from audience as a using locked as h
	where a.subject_id = h.subject_id and a.experiment = $1::bigint and a.version = $2::bigint
)
select (select count(*) from stale) - (select count(*) from locked) as passed
