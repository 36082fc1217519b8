-- How many are enrolled in the alternatives $2 of experiment $1, which it no longer has.
-- reach: all
-- retry: yes
-- time: long
select count(*) as subjects from enrolment
where experiment = (select nr from experiment where id = $1) and alternative = any ($2::integer[])
