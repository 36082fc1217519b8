-- How subjects are enrolled, exactly once. What only these functions call has no search_path of its
-- own: it is the caller's, and to set it again costs as much as a row.

-- Who writes rows that results are computed from calls this in the same transaction. Who counts
-- keeps the counts only if nobody was between this and his commit when he began (result_begin), and
-- nobody has deleted them since. Experiments come in ascending order, each once.
create function result_invalidate(experiments bigint[])
returns void
language plpgsql
as $$
declare
	counted bigint;
begin
	foreach counted in array experiments loop
		perform pg_advisory_xact_lock_shared(4702113, (counted % 2147483647)::integer);
		delete from result where experiment = counted;
	end loop;
end
$$;

-- Asked when counts are wanted and none are kept. One who asks counts: he gets a token to keep what
-- he counts by, or none when somebody is writing at this moment. Who comes meanwhile gets what the
-- first one kept; he waits 3 seconds for it, and not for one who began before that. A token
-- that is still there is good for a second one, too: nobody has written since.
create function result_begin(counted bigint, now timestamptz, out result_version bigint, out data jsonb,
	out counted_at timestamptz)
language plpgsql
set search_path from current
as $$
#variable_conflict use_column
declare
	key integer := counted % 2147483647;
	first boolean := false;
begin
	for turn in 1 .. 100 loop
		first := first or pg_try_advisory_xact_lock(4702115, key);
		select r.data, r.counted_at into data, counted_at
		from result as r where r.experiment = counted;
		if data is not null then
			return;
		end if;
		exit when first and coalesce(counted_at < now - interval '3 seconds', true);
		perform pg_sleep(0.03);
	end loop;
	counted_at := now;
	if pg_try_advisory_xact_lock(4702113, key) then
		insert into result as r (experiment, result_version, counted_at, data)
		values (counted, nextval('result_version'), now, null)
		on conflict (experiment) do update set counted_at = excluded.counted_at
		returning r.result_version into result_version;
	end if;
end
$$;

-- What a call says of one subject happens one after the other: a session may be confirmed or become a
-- user, and a user be erased, at the same moment. Taken before any row; who needs two takes them in
-- order of their hashes. Page views take none: they write only where they hold the enrolment's row.
create function subject_lock(subject text)
returns void
language plpgsql
as $$
begin
	perform pg_advisory_xact_lock(4702114, hashtext(subject));
end
$$;

-- Whether rows of the subject count: everybody but sessions that nobody has confirmed.
create function subject_counts(subject text, verify boolean)
returns boolean
language plpgsql stable
as $$
begin
	return not verify or left(subject, 2) <> 's:'
		or exists (select from confirmed where subject_id = subject);
end
$$;

create function exposure_add(subject text, in_experiment bigint, shown integer, by_allocation bigint,
	is_forced boolean, now timestamptz)
returns void
language plpgsql
as $$
begin
	insert into exposure (subject_id, experiment, alternative, allocation, forced, earlier_exposures, exposed_at)
	select subject, in_experiment, shown, by_allocation, is_forced, count(*), now
	from exposure as x
	where x.subject_id = subject and x.experiment = in_experiment and not x.forced
	on conflict do nothing;
end
$$;

-- Enrols a subject in experiments, one alternative each, of the allocation in force. how: 'drawn',
-- 'forced', or 'set' by hand. A drawn or forced one stays what it is when there is an enrolment, but
-- for one in the alternative gone[i], which the experiment no longer has; one set by hand is moved.
-- Experiments come in ascending order. Answers what holds afterwards, whether this call made it, and
-- whether it wrote at all.
create function enrol(subject text, experiments bigint[], alternatives integer[],
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
			perform exposure_add(subject, nr, alternative, allocations[i], how = 'forced', now);
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

revoke execute on function result_invalidate, result_begin, subject_lock, subject_counts,
	exposure_add, enrol from public;
grant execute on function result_invalidate, result_begin, subject_lock, subject_counts,
	exposure_add, enrol to assay_app;
