-- Who was erased while a mapping of definition $1 ran is not in version $2.
-- reach: all
-- retry: no
-- time: long
-- role: owner
delete from audience as a
where a.experiment = $1::bigint and a.version = $2::bigint
	and not exists (select from profile as p where p.subject_id = a.subject_id)
