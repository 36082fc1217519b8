-- SPDX-License-Identifier: GPL-3.0-or-later
-- Counts the participants of an experiment by the day on which a window of so many hours ends.
-- Everybody who writes exposures books them by it already (result_window_wait).
create or replace function result_window_build(of_experiment bigint, of_hours integer,
	now timestamptz)
returns void
language plpgsql
set search_path from current
as $$
begin
	perform result_count(of_experiment, of_hours);
	update result_window set built_at = now
	where experiment = of_experiment and hours = of_hours;
end
$$;

revoke execute on function result_window_build from public;
