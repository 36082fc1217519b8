-- SPDX-License-Identifier: GPL-3.0-or-later
-- Counts the participants of an experiment by the day on which a window of so many hours ends, if
-- that was not done. Everybody who writes exposures books them by it already (result_window_wait).
create or replace function result_window_build(of_experiment bigint, of_hours integer,
	now timestamptz)
returns void
language plpgsql
set search_path from current
as $$
begin
	-- Another job may be at it.
	perform 1 from result_window as w
	where w.experiment = of_experiment and w.hours = of_hours and w.built_at is null for update;
	if found then
		perform result_count(of_experiment, of_hours);
		update result_window set built_at = now
		where experiment = of_experiment and hours = of_hours;
	end if;
end
$$;

revoke execute on function result_window_build from public;
