-- Counts the rows of experiment $1: participants by alternative and split, those of them who had
-- been exposed to another before, participants by day; subjects by goal, alternative and hits.
-- reach: all
-- retry: yes
-- time: long
with exposed as materialized (
	select alternative, split, (at at time zone 'UTC')::date as day, count(*) as subjects,
		count(*) filter (where nth = 1) as again
	from exposure where experiment = $1::bigint and not forced
	group by alternative, split, day
), arm as (
	select alternative, split, sum(subjects)::bigint as subjects, sum(again)::bigint as again
	from exposed group by alternative, split
), daily as (
	select day, alternative, sum(subjects)::bigint as subjects
	from exposed group by day, alternative
), converted as materialized (
	select goal, alternative, hits, count(*) as subjects
	from conversion where experiment = $1::bigint and not forced
	group by goal, alternative, hits
)
select jsonb_build_object(
	'exposures', (select coalesce(jsonb_agg(
		jsonb_build_array(alternative, split, subjects, again)), '[]') from arm),
	'days', (select coalesce(jsonb_agg(
		jsonb_build_array(day, alternative, subjects) order by day, alternative), '[]')
		from daily),
	'conversions', (select coalesce(jsonb_agg(
		jsonb_build_array(goal, alternative, hits, subjects)), '[]') from converted)) as data
