-- Counts the rows of experiment $1: participants by alternative and allocation, those of them who
-- had been exposed to another before, those who were placed by hand; participants by day; subjects
-- by goal, alternative and hits (with the hits of all of them), and by the day of their first. Of
-- more than 1,000 different numbers of hits of a goal, neighbours are counted together as their
-- mean, the same for each alternative.
-- reach: all
-- retry: yes
-- time: long
with exposed as materialized (
	select alternative, allocation, (exposed_at at time zone 'UTC')::date as day,
		count(*) as subjects,
		count(*) filter (where earlier_exposures = 1) as again, count(*)
			filter (where manual) as manual
	from exposure where experiment = $1::bigint and not forced
	group by alternative, allocation, day
), arm as (
	select alternative, allocation, sum(subjects)::bigint as subjects, sum(again)::bigint as again,
		sum(manual)::bigint as manual
	from exposed group by alternative, allocation
), daily as (
	select day, alternative, sum(subjects)::bigint as subjects
	from exposed group by day, alternative
), converted as materialized (
	select goal, alternative, hits, (first_at at time zone 'UTC')::date as day,
		count(*) as subjects
	from conversion where experiment = $1::bigint and not forced
	group by goal, alternative, hits, day
), by_hits as (
	select goal, alternative, hits, sum(subjects)::bigint as subjects
	from converted group by goal, alternative, hits
), ranked as (
	select *, dense_rank() over (partition by goal order by hits) as rank from by_hits
), counted as (
	select *, max(rank) over (partition by goal) as ranks from ranked
), with_bin as (
	select *, case when ranks > 1000 then (rank - 1) * 1000 / ranks else rank end as bin
	from counted
), averaged as (
	select *, round(sum(hits::numeric * subjects) over bin / sum(subjects) over bin)::bigint as mean
	from with_bin window bin as (partition by goal, bin)
), binned as (
	select goal, alternative, mean as hits, sum(subjects)::bigint as subjects,
		sum(hits::numeric * subjects) as actions
	from averaged group by goal, alternative, mean
), daily_converted as (
	select day, goal, alternative, sum(subjects)::bigint as subjects
	from converted group by day, goal, alternative
)
select jsonb_build_object(
	'exposures', (select coalesce(jsonb_agg(
		jsonb_build_array(alternative, allocation, subjects, again, manual)), '[]') from arm),
	'days', (select coalesce(jsonb_agg(
		jsonb_build_array(day, alternative, subjects) order by day, alternative), '[]')
		from daily),
	'conversions', (select coalesce(jsonb_agg(
		jsonb_build_array(goal, alternative, hits, subjects, actions)), '[]') from binned),
	'converted', (select coalesce(jsonb_agg(
		jsonb_build_array(day, goal, alternative, subjects)
		order by day, goal, alternative), '[]') from daily_converted)) as data
