-- SPDX-License-Identifier: GPL-3.0-or-later
-- Deletes a segmentation (of version expected, null: any) with its members, unless something
-- refers to it, if the definitions are of the given generation; no row when they are not. The
-- segmentation goes first: that waits for those who are adding members, who hold its row, and the
-- next statement sees what they have committed.
create or replace function segmentation_delete(dropped text, expected bigint, generation bigint)
returns table (gone boolean)
language plpgsql
set search_path from current
as $$
declare
	number bigint;
begin
	update cache_epoch set definitions = definitions + 1 where definitions = generation;
	if not found then
		return;
	end if;
	delete from segmentation as s
	where s.id = dropped and (expected is null or s.version = expected)
		and not exists (select from segmentation as o where s.id = any (o.referenced_ids))
		and not exists (select from experiment as e where s.id = any (e.referenced_ids))
	returning s.nr into number;
	gone := found;
	if gone then
		delete from id_registry where id = dropped;
		delete from membership where segmentation = number;
	end if;
	return next;
end
$$;

revoke execute on function segmentation_delete from public;
grant execute on function segmentation_delete to assay_app;
