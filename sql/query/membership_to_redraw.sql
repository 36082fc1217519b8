-- How many are in the groups $2 of segmentation $1, which it no longer has.
-- reach: all
-- retry: yes
-- time: long
select count(distinct subject_id) as subjects from membership
where segmentation = (select nr from segmentation where id = $1) and group_nr = any ($2::bigint[])
