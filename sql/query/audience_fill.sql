-- Writes the audience of definition $1 under version $2: one statement, however many there are.
-- Nobody else has rows of that version yet, so none can be there; in the order of the key, which
-- then grows at its end.
-- The criteria are put in the place of the marked word when the statement is built.
-- reach: all
-- retry: no
-- time: long
-- role: owner
insert into audience (subject_id, experiment, version)
select p.subject_id, $1::bigint, $2::bigint from profile as p where true /* criteria */
order by p.subject_id
