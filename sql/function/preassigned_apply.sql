-- SPDX-License-Identifier: GPL-3.0-or-later
-- Profiles with these e-mail addresses have appeared: users who were assigned by address join the
-- groups, unless they were put into one since. The lock is held until the transaction ends, and
-- taken before the look for addresses: whoever assigns by address waits for all holders, then
-- looks for profiles (preassigned_apply_late). The segmentations are locked against deletion
-- first; one that appears later is left to that wait. Returns who was put where.
create or replace function preassigned_apply(subjects text[], emails text[], now timestamptz,
	out placed jsonb)
language plpgsql
set search_path from current
as $$
#variable_conflict use_column
declare
	known bigint[];
begin
	perform pg_advisory_xact_lock_shared(lock_class('preassigned'), 1);
	if not exists (select from preassigned) then
		return;
	end if;
	known := array(
		select s.nr from segmentation as s
		where s.nr in (select a.segmentation from preassigned as a where a.email = any (emails))
		order by s.nr for key share);
	with arrived as (
		delete from preassigned as a
		using (
			select distinct on (e.email) e.email, e.subject
			from unnest(subjects, emails) as e (subject, email) order by 1, 2
		) as e
		where a.email = e.email and a.segmentation = any (known)
		returning e.subject, a.segmentation, a.slot, a.group_nr, a.overlap, a.assigned_by,
			a.assigned_at
	), joined as (
		insert into membership as m (subject_id, segmentation, slot, group_nr, overlap, source,
			assigned_by, assigned_at)
		select c.subject, c.segmentation, c.slot, c.group_nr, c.overlap, 'upload', c.assigned_by,
			c.assigned_at
		from arrived as c order by 1, 2, 3
		on conflict (subject_id, segmentation, slot) do update
		set group_nr = excluded.group_nr, source = excluded.source,
			assigned_by = excluded.assigned_by,
			assigned_at = excluded.assigned_at
		where m.group_nr <> excluded.group_nr and (m.source = 'drawn'
			or m.assigned_at < excluded.assigned_at)
		returning m.subject_id, m.segmentation, m.group_nr, m.assigned_by
	)
	select jsonb_agg(jsonb_build_object('subject', p.subject_id, 'segmentation', s.id,
		'context', s.context, 'nr', p.group_nr, 'by', p.assigned_by, 'name', (
			select g ->> 'name' from jsonb_array_elements(s.groups) as g
			where (g ->> 'id')::bigint = p.group_nr),
		'tags', (
			select jsonb_agg(jsonb_build_array(t.scope, t.key, t.value)) from tag as t
			where t.subject_id = p.subject_id and t.scope in ('global', s.context))))
	into placed
	from joined as p join segmentation as s on s.nr = p.segmentation;
end
$$;

revoke execute on function preassigned_apply from public;
grant execute on function preassigned_apply to assay_app;
