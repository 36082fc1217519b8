-- SPDX-License-Identifier: GPL-3.0-or-later
-- Puts a subject into a group of a segmentation. how: 'drawn' keeps an existing group, except
-- group gone; 'manual' and 'upload' move. Returns the group that holds afterwards, whether this
-- call changed anything, and the group before (null: none); nulls when the segmentation does not
-- exist. Its row is locked against deletion.
create or replace function membership_assign(subject text, of_segmentation bigint, to_group bigint,
	gone bigint,
	how text, who text, now timestamptz, out group_nr bigint, out made boolean,
	out previous bigint)
language plpgsql
set search_path from current
as $$
#variable_conflict use_column
declare
	overlapping boolean;
	in_slot bigint;
begin
	select s.overlap into overlapping from segmentation as s
	where s.nr = of_segmentation for key share;
	if not found then
		return;
	end if;
	in_slot := case when overlapping then to_group else 0 end;
	group_nr := to_group;
	-- What is in the way may be taken away before it can be held: then there is room again.
	loop
		insert into membership as m (subject_id, segmentation, slot, group_nr, overlap, source,
			assigned_by,
			assigned_at)
		values (subject, of_segmentation, in_slot, to_group, overlapping, how, who, now)
		on conflict do nothing;
		made := found;
		if made then
			return;
		end if;
		select m.group_nr into previous from membership as m
		where m.subject_id = subject and m.segmentation = of_segmentation and m.slot = in_slot
		for update;
		exit when found;
	end loop;
	if previous = to_group then
		return;
	end if;
	if how = 'drawn' and (gone is null or previous <> gone) then
		group_nr := previous;
		return;
	end if;
	update membership as m
	set group_nr = to_group, source = how, assigned_by = who, assigned_at = now
	where m.subject_id = subject and m.segmentation = of_segmentation and m.slot = in_slot;
	made := found;
end
$$;

revoke execute on function membership_assign from public;
grant execute on function membership_assign to assay_app;
