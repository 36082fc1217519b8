-- SPDX-License-Identifier: GPL-3.0-or-later
-- Deletes a layer unless experiments are in it; returns their ids, or null when there is no such
-- layer. Self-checks are in none.
create or replace function layer_delete(dropped text)
returns text[]
language plpgsql
set search_path from current
as $$
declare
	target bigint;
	members text[];
begin
	select l.nr into target from layer as l where l.id = dropped for update;
	if target is null then
		return null;
	end if;
	members := array(select e.id from experiment as e where e.layer = target order by e.id);
	if members = '{}' then
		delete from layer where nr = target;
	end if;
	return members;
end
$$;

revoke execute on function layer_delete from public;
grant execute on function layer_delete to assay_app;
