-- SPDX-License-Identifier: GPL-3.0-or-later
-- Makes the sums of an experiment anew from the rows of its subjects.
create or replace function result_rebuild(of_experiment bigint)
returns void
language plpgsql
set search_path from current
as $$
begin
	perform result_count(of_experiment, null);
end
$$;

revoke execute on function result_rebuild from public;
