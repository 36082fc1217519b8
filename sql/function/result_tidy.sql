-- SPDX-License-Identifier: GPL-3.0-or-later
-- Removes sums that have become zero, and tells how many.
create or replace function result_tidy()
returns bigint
language plpgsql
set search_path from current
as $$
declare
	cells bigint;
	bins bigint;
begin
	-- Alone: rows are deleted in no order, in which folding and rebuilding would meet them.
	perform pg_advisory_xact_lock(lock_class('result_fold'), 0);
	delete from result_cell as c
	where c.n = 0 and c.sum = 0 and c.squares = 0 and c.multiple = 0 and c.placed = 0
		and c.forced = 0;
	get diagnostics cells = row_count;
	delete from result_histogram as h where h.subjects = 0 and h.hits = 0;
	get diagnostics bins = row_count;
	return cells + bins;
end
$$;

revoke execute on function result_tidy from public;
