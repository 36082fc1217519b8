-- Profiles written since $3, while a mapping of definition $1 ran, are decided again for version
-- $2: who is no longer in leaves.
-- reach: all
-- retry: no
-- time: long
-- role: owner
delete from audience as a using profile as q
where a.experiment = $1::bigint and a.version = $2::bigint and a.subject_id = q.subject_id
	and q.changed_at >= $3::timestamptz
	and not exists (
		select from profile as p where p.subject_id = a.subject_id and true /* criteria */
	)
