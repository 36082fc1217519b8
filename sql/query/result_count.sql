-- Counts the rows of experiment $1: participants by alternative and split, those of them who had
-- been exposed to another before, those who were placed by hand; participants by day; subjects by
-- goal, alternative and hits (with the hits of all of them), and by the day of their first. Of more
-- than 1,000 different numbers of hits of a goal, neighbours are counted together as their mean, the
-- same for each alternative.
-- reach: all
-- retry: yes
-- time: long
with exposed as materialized (
	select alternative, split, (at at time zone 'UTC')::date as day, count(*) as subjects,
		count(*) filter (where nth = 1) as again, count(*) filter (where placed) as placed
	from exposure where experiment = $1::bigint and not forced
	group by alternative, split, day
), arm as (
	select alternative, split, sum(subjects)::bigint as subjects, sum(again)::bigint as again,
		sum(placed)::bigint as placed
	from exposed group by alternative, split
), daily as (
	select day, alternative, sum(subjects)::bigint as subjects
	from exposed group by day, alternative
), converted as materialized (
	select goal, alternative, hits, (first_at at time zone 'UTC')::date as day,
		count(*) as subjects
	from conversion where experiment = $1::bigint and not forced
	group by goal, alternative, hits, day
), often as (
	select goal, alternative, hits, sum(subjects)::bigint as subjects
	from converted group by goal, alternative, hits
), ranked as (
	select *, dense_rank() over (partition by goal order by hits) as rank from often
), counted as (
	select *, max(rank) over (partition by goal) as ranks from ranked
), placed as (
	select *, case when ranks > 1000 then (rank - 1) * 1000 / ranks else rank end as bin
	from counted
), meant as (
	select *, round(sum(hits::numeric * subjects) over bin / sum(subjects) over bin)::bigint as mean
	from placed window bin as (partition by goal, bin)
), binned as (
	select goal, alternative, mean as hits, sum(subjects)::bigint as subjects,
		sum(hits::numeric * subjects) as actions
	from meant group by goal, alternative, mean
), daily_converted as (
	select day, goal, alternative, sum(subjects)::bigint as subjects
	from converted group by day, goal, alternative
)
select jsonb_build_object(
	'exposures', (select coalesce(jsonb_agg(
		jsonb_build_array(alternative, split, subjects, again, placed)), '[]') from arm),
	'days', (select coalesce(jsonb_agg(
		jsonb_build_array(day, alternative, subjects) order by day, alternative), '[]')
		from daily),
	'conversions', (select coalesce(jsonb_agg(
		jsonb_build_array(goal, alternative, hits, subjects, actions)), '[]') from binned),
	'converted', (select coalesce(jsonb_agg(
		jsonb_build_array(day, goal, alternative, subjects)
		order by day, goal, alternative), '[]') from daily_converted)) as data
