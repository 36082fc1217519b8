-- SPDX-License-Identifier: GPL-3.0-or-later
-- Whether groups may overlap cannot change while there are members, whose keys depend on it.
-- Called by the statement that changes it: that has locked the segmentation's row, as those who
-- add members do, and what they have committed is seen here. All members of a segmentation agree,
-- so one is enough to ask.
create or replace function membership_check_overlap(of_segmentation bigint, overlapping boolean)
returns void
language plpgsql
set search_path from current
as $$
begin
	if (select m.overlap from membership as m where m.segmentation = of_segmentation limit 1)
		<> overlapping then
		raise foreign_key_violation using message = 'the segmentation has members';
	end if;
end
$$;

revoke execute on function membership_check_overlap from public;
grant execute on function membership_check_overlap to assay_app;
