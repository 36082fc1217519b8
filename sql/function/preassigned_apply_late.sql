-- SPDX-License-Identifier: GPL-3.0-or-later
-- Waits until every transaction has ended that was writing profiles when this was called (after
-- the commit of a file of members), then looks whether profiles have the addresses that the file
-- left.
create or replace function preassigned_apply_late(of_segmentation bigint, now timestamptz,
	out placed jsonb)
language plpgsql
set search_path from current
as $$
declare
	arrived record;
begin
	perform lock_wait_holders('preassigned');
	select array_agg(p.subject_id) as subjects, array_agg(a.email) as emails into arrived
	from (select distinct email from preassigned where segmentation = of_segmentation) as a
	join profile as p on lower((p.attributes ->> 'email') collate "C") = a.email
		and left(p.subject_id, 2) = 'u:' and octet_length(p.attributes ->> 'email') <= 254;
	if arrived.subjects is not null then
		select preassigned_apply(arrived.subjects, arrived.emails, now) into placed;
	end if;
end
$$;

revoke execute on function preassigned_apply_late from public;
grant execute on function preassigned_apply_late to assay_app;
