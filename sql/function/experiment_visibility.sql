-- SPDX-License-Identifier: GPL-3.0-or-later
-- Who may learn of an experiment without naming it: what its definition says, else `server` where
-- its criteria are a rule or ask for a group or tag, because these tell what the operator knows of
-- people, and `public` otherwise.
create or replace function experiment_visibility(visibility text, criteria jsonb)
returns text
language plpgsql
immutable
parallel safe
set search_path from current
as $$
begin
	if visibility is not null then
		return visibility;
	end if;
	if criteria ->> 'type' = 'rule' or criteria::text ~ '"(group|tag):' then
		return 'server';
	end if;
	return 'public';
end
$$;

revoke execute on function experiment_visibility from public;
grant execute on function experiment_visibility to assay_app;
