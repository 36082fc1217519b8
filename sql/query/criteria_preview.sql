-- How many profiles criteria match, and ten of their ids. The criteria are put in the place of
-- the marked word when the statement is built.
-- reach: all
-- retry: yes
-- time: long
with m as materialized (
	select p.subject_id from profile as p where true /* criteria */
)
select (select count(*) from m) as matched,
	(
		select coalesce(jsonb_agg(substr(s.subject_id, 3)), '[]')
		from (select subject_id from m order by subject_id limit 10) as s
	) as sample
