-- SPDX-License-Identifier: GPL-3.0-or-later
-- Deletes what counts of a subject, and takes it off the results on the day of this transaction:
-- days of the past, which hold sums only, stay as they were. The caller holds the subject and its
-- enrolments.
create or replace function result_withdraw(subject text, out exposures bigint,
	out conversions bigint)
language plpgsql
as $$
begin
	with gone as (
		delete from exposure as x where x.subject_id = subject
		returning x.experiment, x.alternative, x.allocation, x.forced, x.earlier_exposures, x.manual
	), booked as (
		insert into result_delta (experiment, goal, alternative, allocation, day, n,
			multiple, placed, forced)
		select g.experiment, 0, g.alternative, g.allocation, result_day(),
			-(not g.forced)::integer, -(not g.forced and g.earlier_exposures = 1)::integer,
			-(not g.forced and g.manual)::integer, -g.forced::integer
		from gone as g
	)
	select count(*) into exposures from gone;
	with gone as (
		delete from conversion as c where c.subject_id = subject
		returning c.experiment, c.alternative, c.goal, c.hits, c.forced, c.allocation
	), booked as (
		insert into result_delta (experiment, goal, alternative, allocation, day, n, sum,
			squares, hits_from)
		select g.experiment, g.goal, g.alternative, g.allocation, result_day(), -1, -g.hits,
			-(g.hits::numeric * g.hits), g.hits
		from gone as g where not g.forced
	)
	select count(*) into conversions from gone;
end
$$;

revoke execute on function result_withdraw from public;
grant execute on function result_withdraw to assay_app;
