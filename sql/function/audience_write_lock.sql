-- SPDX-License-Identifier: GPL-3.0-or-later
-- Takes the shared lock of those who write profiles or erase, until the transaction ends, then
-- reads the generation of the definitions. The jobs, once an audience has come into effect, wait
-- for writers that may not have seen it (audience_wait_writers).
create or replace function audience_write_lock(out generation bigint)
language plpgsql
set search_path from current
as $$
begin
	perform pg_advisory_xact_lock_shared(lock_class('audience_writer'), 1);
	select definitions into generation from cache_epoch;
end
$$;

revoke execute on function audience_write_lock from public;
grant execute on function audience_write_lock to assay_app;
