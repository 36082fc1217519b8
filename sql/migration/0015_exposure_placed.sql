-- Participants who were placed by hand are no draws: the check of the sample ratio leaves them out.

alter table exposure add manual boolean not null default false;

comment on column exposure.manual is 'by hand: left out of the sample ratio';

update exposure as x set manual = true
from enrolment as n
where n.subject_id = x.subject_id and n.experiment = x.experiment
	and n.alternative = x.alternative and n.source = 'set';

-- Results are counted from this index alone.
drop index exposure_experiment;
create index exposure_experiment on exposure (experiment, exposed_at)
	include (alternative, allocation, forced, earlier_exposures, manual);

-- Counts that were kept do not tell who was placed.
delete from result;

drop function exposure_add;

-- A participant in an alternative; source: that of the enrolment.
create function exposure_add(subject text, in_experiment bigint, shown integer, by_allocation bigint,
	source text, now timestamptz)
returns void
language plpgsql
as $$
begin
	insert into exposure (subject_id, experiment, alternative, allocation, forced, earlier_exposures, exposed_at, manual)
	select subject, in_experiment, shown, by_allocation, source = 'forced', count(*), now,
		source = 'set'
	from exposure as x
	where x.subject_id = subject and x.experiment = in_experiment and not x.forced
	on conflict do nothing;
end
$$;

revoke execute on function exposure_add from public;
grant execute on function exposure_add to assay_app;

-- Enrols a subject in experiments, one alternative each, of the allocation in force. how: 'drawn',
-- 'forced', or 'set' by hand. A drawn or forced one stays what it is when there is an enrolment, but
-- for one in the alternative gone[i], which the experiment no longer has; one set by hand is moved.
-- Experiments come in ascending order. Answers what holds afterwards, whether this call made it, and
-- whether it wrote at all.
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
	changed bigint[] := '{}';
begin
	-- As subject_lock and subject_counts do: a call of a function costs as much as a row.
	perform pg_advisory_xact_lock(4702114, hashtext(subject));
	if not counts then
		counts := exists (select from confirmed where subject_id = subject);
	end if;
	for i in 1 .. coalesce(cardinality(experiments), 0) loop
		insert into enrolment as n (subject_id, experiment, alternative, allocation, source,
			enrolled_at)
		select subject, e.nr, enrol.alternatives[i], allocations[i], how, now
		from experiment as e where e.nr = experiments[i]
		on conflict (subject_id, experiment) do update
		set alternative = excluded.alternative, allocation = excluded.allocation, source = excluded.source
		where how = 'set' or n.alternative = gone[i]
		returning n.experiment, n.alternative, n.source, n.enrolled_at,
			how <> 'set' or n.xmax = 0
		into nr, alternative, source, enrolled_at, made;
		wrote := found;
		if wrote and counts then
			perform exposure_add(subject, nr, alternative, allocations[i], how, now);
			changed := changed || nr;
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
	if changed <> '{}' then
		perform result_invalidate(changed);
	end if;
end
$$;

-- A session has turned out to be human: it counts from now on, and what waited counts, too.
create or replace function subject_confirm(subject text, now timestamptz)
returns void
language plpgsql
set search_path from current
as $$
declare
	row record;
	changed bigint[] := '{}';
begin
	perform subject_lock(subject);
	insert into confirmed (subject_id, confirmed_at) values (subject, now) on conflict do nothing;
	if not found then
		return;
	end if;
	for row in
		select n.experiment, n.alternative, n.allocation, n.source from enrolment as n
		where n.subject_id = subject order by n.experiment for update
	loop
		perform exposure_add(subject, row.experiment, row.alternative, row.allocation,
			row.source, now);
		changed := changed || row.experiment;
	end loop;
	perform waiting_goal_replay(subject, subject, null, now);
	if changed <> '{}' then
		perform result_invalidate(changed);
	end if;
end
$$;

-- Gives the receiver what a session did in one experiment.
create or replace function subject_incorporate_experiment(session text, receiver text, of_experiment bigint, now timestamptz)
returns void
language plpgsql
set search_path from current
as $$
begin
	insert into exposure (subject_id, experiment, alternative, allocation, forced, earlier_exposures, exposed_at, manual)
	select receiver, x.experiment, x.alternative, x.allocation, x.forced, x.earlier_exposures, x.exposed_at, x.manual
	from exposure as x where x.subject_id = session and x.experiment = of_experiment
	on conflict do nothing;
	perform exposure_add(receiver, n.experiment, n.alternative, n.allocation, n.source, now)
	from enrolment as n where n.subject_id = receiver and n.experiment = of_experiment;
	insert into conversion (subject_id, experiment, alternative, goal, hits, forced, first_at,
		last_at)
	select receiver, c.experiment, c.alternative, c.goal, c.hits, c.forced, c.first_at, c.last_at
	from conversion as c where c.subject_id = session and c.experiment = of_experiment
	on conflict do nothing;
	perform waiting_goal_replay(session, receiver, of_experiment, now);
end
$$;
