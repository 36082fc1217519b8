-- Profiles written since $3, while a mapping of definition $1 ran, are decided again for version
-- $2: who is in now joins.
-- reach: all
-- retry: no
-- time: long
-- role: owner
insert into audience (subject_id, experiment, version)
select p.subject_id, $1::bigint, $2::bigint from profile as p
where p.changed_at >= $3::timestamptz and true /* criteria */
on conflict do nothing
