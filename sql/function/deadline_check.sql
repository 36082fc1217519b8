-- SPDX-License-Identifier: GPL-3.0-or-later
-- Fails when the server's clock is past deadline (microseconds since 1970); returns the clock. A
-- client that gives up on a write closes its connection, but the backend (stopped, starved or
-- waiting) may run it later: as the last statement before the commit this keeps such a write from
-- being committed. Every write calls it, and it uses nothing of this schema: so it has no search_path
-- of its own, which would cost a third of it.
create or replace function deadline_check(deadline bigint)
returns bigint
language plpgsql
as $$
declare
	clock bigint := (extract(epoch from clock_timestamp()) * 1000000)::bigint;
begin
	if clock >= deadline then
		raise sqlstate 'AS001' using message = 'the deadline of this write has passed';
	end if;
	return clock;
end
$$;

revoke execute on function deadline_check from public;
grant execute on function deadline_check to assay_app;
