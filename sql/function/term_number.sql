-- SPDX-License-Identifier: GPL-3.0-or-later
-- The number of a term: rest is what follows the path, from the tag on. A number, or a text that
-- JSON would write as one; null for anything else. As in core/audience/condition.c, and fast
-- like term_instant.
create or replace function term_number(rest text)
returns numeric
language plpgsql
immutable
parallel safe
set search_path from current
as $$
begin
	return case when length(rest) <= 201
		and rest ~ '^[#=]-?(0|[1-9][0-9]*)([.][0-9]+)?(e[+-]?[0-9]{1,3})?$'
		then substr(rest, 2)::numeric end;
end
$$;

revoke execute on function term_number from public;
grant execute on function term_number to assay_app;
