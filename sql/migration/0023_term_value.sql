-- SPDX-License-Identifier: GPL-3.0-or-later
-- Terms of profiles in comparisons, as core/audience/condition_holds.c decides them: rest is what stands behind
-- the path, from the tag on.

-- A number, or a text that JSON would write as one; null for anything else.
create function term_number(rest text)
returns numeric
language plpgsql
immutable
parallel safe
as $$
begin
	return (select case when length(rest) <= 201
		and rest ~ '^[#=]-?(0|[1-9][0-9]*)([.][0-9]+)?(e[+-]?[0-9]{1,3})?$'
		then substr(rest, 2)::numeric end);
end
$$;

-- An instant in microseconds: of a date, or of a number from 10^11 on as milliseconds since 1970, from
-- 10^9 on as seconds, cut to the millisecond; null for anything else.
create function term_instant(rest text)
returns numeric
language plpgsql
immutable
parallel safe
set search_path from current
as $$
begin
	return (select case when left(rest, 1) = '@' then substr(rest, 2)::numeric
		when n.value >= 100000000000 and n.value < 253402300800000 then trunc(n.value) * 1000
		when n.value >= 1000000000 and n.value < 100000000000 then trunc(n.value * 1000) * 1000 end
	from (select term_number(rest) as value) as n);
end
$$;
