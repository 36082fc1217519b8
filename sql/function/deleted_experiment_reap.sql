-- SPDX-License-Identifier: GPL-3.0-or-later
-- Deletes rows of experiments, self-checks included, that no longer exist: at most `most` from each
-- table, skipping those that are locked. The allocations, which tell that there was an experiment, go last, once nothing
-- else is left. Returns how many rows were deleted.
create or replace function deleted_experiment_reap(most integer)
returns bigint
language plpgsql
set search_path from current
as $$
declare
	dead bigint[] := array(select distinct s.experiment from allocation as s
		where not exists (select from experiment as e where e.nr = s.experiment));
	part text;
	gone bigint;
	reaped bigint := 0;
begin
	if dead = '{}' then
		return 0;
	end if;
	foreach part in array array['enrolment', 'exposure', 'conversion', 'waiting_goal',
		'result_delta', 'result_cell', 'result_histogram', 'result_ledger', 'result_window', 'decision',
		'layer_slot'] loop
		execute format('delete from %I where ctid = any (array(
			select ctid from %I where experiment = any ($1) limit $2
			for update skip locked))', part, part)
		using dead, most;
		get diagnostics gone = row_count;
		reaped := reaped + gone;
	end loop;
	if reaped = 0 then
		delete from allocation as s where s.experiment = any (dead)
			and not exists (select from enrolment as n where n.experiment = s.experiment)
			and not exists (select from exposure as x where x.experiment = s.experiment)
			and not exists (select from conversion as c where c.experiment = s.experiment);
		get diagnostics reaped = row_count;
	end if;
	return reaped;
end
$$;

revoke execute on function deleted_experiment_reap from public;
