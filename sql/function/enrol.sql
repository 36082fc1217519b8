-- SPDX-License-Identifier: GPL-3.0-or-later
-- Enrols a subject in experiments (ascending), in alternatives[i] of allocation allocations[i]
-- each. how: 'drawn', 'forced', or 'set' by hand. An existing enrolment is kept if drawn or
-- forced, except in alternative gone[i], which the experiment no longer has; one set by hand is
-- moved. Returns the enrolment that holds afterwards, whether this call made it, and whether it
-- wrote at all. A self-check is an experiment like any other here.
create or replace function enrol(subject text, experiments bigint[], alternatives integer[],
	allocations bigint[], gone integer[], how text, verify boolean, now timestamptz)
returns table (nr bigint, alternative integer, source text, enrolled_at timestamptz, made boolean,
	wrote boolean)
language plpgsql
set search_path from current
as $$
#variable_conflict use_column
declare
	counts boolean := not verify or left(subject, 2) <> 's:';
	fresh boolean;
	today date := result_day();
	hours integer;
begin
	-- As subject_lock and subject_counts do: a call of a function costs as much as a row, and so does
	-- a statement. This is an expression, whose value is never null.
	if pg_advisory_xact_lock(lock_class('subject'), hashtext(subject)) is null then
		return;
	end if;
	if not counts then
		counts := exists (select from confirmed where subject_id = subject);
	end if;
	for i in 1 .. coalesce(cardinality(experiments), 0) loop
		insert into enrolment as n (subject_id, experiment, alternative, allocation, source,
			enrolled_at)
		select subject, e.nr, enrol.alternatives[i], allocations[i], how, now
		from experiment as e where e.nr = experiments[i]
		on conflict (subject_id, experiment) do update
		set alternative = excluded.alternative, allocation = excluded.allocation,
			source = excluded.source
		where how = 'set' or n.alternative = gone[i]
		returning n.experiment, n.alternative, n.source, n.enrolled_at,
			how <> 'set' or n.xmax = 0, n.xmax = 0
		into nr, alternative, source, enrolled_at, made, fresh;
		wrote := found;
		if wrote and counts and fresh then
			-- As exposure_add does: without an enrolment there was no exposure. Few experiments have
			-- windows: whether this one does is asked here, their rows are read only then.
			with added as (
				insert into exposure as x (subject_id, experiment, alternative, allocation, forced,
					earlier_exposures, exposed_at, manual)
				values (subject, enrol.nr, enrol.alternative, allocations[i], how = 'forced', 0, now,
					how = 'set')
				on conflict do nothing
				returning x.forced, x.manual
			)
			insert into result_delta (experiment, goal, alternative, allocation, day, n, placed, forced)
			select enrol.nr, 0, enrol.alternative, allocations[i], today,
				(not a.forced)::integer, a.manual::integer, a.forced::integer
			from added as a
			returning (
				select w.hours from result_window as w where w.experiment = enrol.nr limit 1
			) into hours;
			if hours is not null and how <> 'forced' then
				with population as materialized (
					select w.hours from result_window as w where w.experiment = enrol.nr
				)
				insert into result_delta (experiment, goal, alternative, allocation, day, n)
				select enrol.nr, -p.hours, enrol.alternative, allocations[i], greatest(today,
					((now + p.hours * interval '1 hour') at time zone 'UTC')::date), 1
				from population as p;
			end if;
		elsif wrote and counts then
			perform exposure_add(subject, nr, alternative, allocations[i], how, now);
		end if;
		if not wrote then
			made := false;
			select n.experiment, n.alternative, n.source, n.enrolled_at
			into nr, alternative, source, enrolled_at
			from enrolment as n where n.subject_id = subject and n.experiment = experiments[i];
			continue when not found;
		end if;
		return next;
	end loop;
end
$$;

revoke execute on function enrol from public;
grant execute on function enrol to assay_app;
