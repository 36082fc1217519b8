-- A client that gives a write up closes its connection, but its backend may not have run it yet: stopped,
-- starved or waiting, it would commit later. So the last statement before a commit compares the clock.
create function deadline_check(deadline bigint)
returns bigint
language plpgsql
set search_path from current
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
