-- SPDX-License-Identifier: GPL-3.0-or-later
-- Whoever writes rows that results are computed from calls this in the same transaction, with
-- experiments in ascending order, each once. Counts are kept only if no writer was between this
-- call and its commit when they were begun (result_begin), and none has deleted them since.
create or replace function result_invalidate(experiments bigint[])
returns void
language plpgsql
as $$
declare
	counted bigint;
begin
	foreach counted in array experiments loop
		perform pg_advisory_xact_lock_shared(lock_class('result_writer'),
			(counted % 2147483647)::integer);
		delete from result where experiment = counted;
	end loop;
end
$$;

revoke execute on function result_invalidate from public;
grant execute on function result_invalidate to assay_app;
