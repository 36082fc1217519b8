-- SPDX-License-Identifier: GPL-3.0-or-later
-- Puts users into groups by the groups' names, one row each: by user_id (u:..), by e-mail
-- (case-folded), or both; user_id is used where that user has a profile or nobody has one with the
-- e-mail. A user known only by an e-mail that no profile has gets the group when such a profile
-- appears. Rows with a reason have failed already. Of two rows for one user the later one moves
-- the user again.
create or replace function membership_batch(of_segmentation bigint, nrs bigint[], users text[],
	emails text[],
	names text[], reasons text[], who text, now timestamptz)
returns table (nr bigint, outcome text, subject text, group_nr bigint, group_name text,
	previous text, reason text)
language plpgsql
set search_path from current
as $$
#variable_conflict use_column
declare
	overlapping boolean;
	known jsonb;
	given record;
	target record;
	found_before record;
	waiting record;
	fresh text[] := '{}';
begin
	select s.overlap, s.groups into overlapping, known from segmentation as s
	where s.nr = of_segmentation for key share;
	if of_segmentation is null then
		return;
	end if;
	if not found then
		raise exception using errcode = 'foreign_key_violation',
			message = 'the segmentation has been deleted';
	end if;
	select array_agg(x.nr) as nr, array_agg(x.subject) as subject, array_agg(x.email) as email,
		array_agg(x.grp) as grp, array_agg(x.reason) as reason
	into given
	from (
		select w.nr, w.email, g.id as grp,
			case when w.user_id is not null and (w.email is null or p.subject_id is not null
					or e.n = 0) then w.user_id
				else e.subject end as subject,
			case when w.reason is not null then w.reason
				when g.id is null then 'there is no group `' || w.name || '`'
				when e.n > 1 and p.subject_id is null
					then 'several users have this e-mail address' end as reason
		from unnest(nrs, users, emails, names, reasons)
			as w (nr, user_id, email, name, reason)
		left join jsonb_to_recordset(known) as g (id bigint, name text) on g.name = w.name
		left join profile as p on p.subject_id = w.user_id and w.email is not null
		left join lateral (
			select count(*) as n, min(f.subject_id) as subject from (
				select subject_id from profile
				where lower((attributes ->> 'email') collate "C") = w.email
					and left(subject_id, 2) = 'u:'
					and octet_length(attributes ->> 'email') <= 254
				limit 2
			) as f
		) as e on w.email is not null
		order by w.nr
	) as x;
	select array_agg(t.subject) as subject, array_agg(t.slot) as slot, array_agg(t.grp) as grp
	into target
	from (
		select distinct on (r.subject, case when overlapping then r.grp else 0 end) r.subject,
			case when overlapping then r.grp else 0 end as slot, r.grp
		from unnest(given.nr, given.subject, given.grp, given.reason)
			as r (nr, subject, grp, reason)
		where r.reason is null and r.subject is not null
		order by 1, 2, r.nr desc
	) as t;
	loop
		with put as (
			insert into membership as m (subject_id, segmentation, slot, group_nr, overlap,
				source, assigned_by,
				assigned_at)
			select t.subject, of_segmentation, t.slot, t.grp, overlapping, 'upload', who, now
			from unnest(target.subject, target.slot, target.grp) as t (subject, slot, grp)
			order by t.subject, t.slot
			on conflict do nothing
			returning m.subject_id, m.slot
		)
		select fresh || coalesce(array_agg(p.slot || p.subject_id), '{}') into fresh
		from put as p;
		select array_agg(h.subject_id) as subject, array_agg(h.slot) as slot,
			array_agg(h.group_nr) as grp
		into found_before
		from (
			select m.subject_id, m.slot, m.group_nr
			from unnest(target.subject, target.slot) as t (subject, slot)
			join membership as m on m.subject_id = t.subject
				and m.segmentation = of_segmentation and m.slot = t.slot
			order by m.subject_id, m.slot for update of m
		) as h;
		-- Somebody may have been taken out since; then once more.
		exit when coalesce(cardinality(found_before.subject), 0)
			= coalesce(cardinality(target.subject), 0);
	end loop;
	update membership as m
	set group_nr = t.grp, source = 'upload', assigned_by = who, assigned_at = now
	from unnest(target.subject, target.slot, target.grp) as t (subject, slot, grp)
	where m.subject_id = t.subject and m.segmentation = of_segmentation and m.slot = t.slot
		and m.group_nr <> t.grp;
	select array_agg(a.email) as email, array_agg(a.slot) as slot, array_agg(a.group_nr) as grp
	into waiting
	from preassigned as a
	where a.segmentation = of_segmentation and a.email = any (given.email);
	insert into preassigned as a (email, segmentation, slot, group_nr, overlap, assigned_by,
		assigned_at)
	select distinct on (r.email, case when overlapping then r.grp else 0 end) r.email,
		of_segmentation, case when overlapping then r.grp else 0 end, r.grp, overlapping, who, now
	from unnest(given.nr, given.subject, given.email, given.grp, given.reason)
		as r (nr, subject, email, grp, reason)
	where r.reason is null and r.subject is null
	order by 1, 3, r.nr desc
	on conflict (email, segmentation, slot) do update
	set group_nr = excluded.group_nr, assigned_by = excluded.assigned_by,
		assigned_at = excluded.assigned_at
	where a.group_nr <> excluded.group_nr;
	return query
	with base as (
		select b.subject as who, b.slot, b.grp
		from unnest(found_before.subject, found_before.slot, found_before.grp)
			as b (subject, slot, grp)
		where not exists (
			select from unnest(fresh) as f (who) where f.who = b.slot || b.subject
		)
		union all
		select 'e:' || b.email, b.slot, b.grp
		from unnest(waiting.email, waiting.slot, waiting.grp) as b (email, slot, grp)
	), good as (
		select r.nr, r.subject, r.grp, coalesce(r.subject, 'e:' || r.email) as who,
			case when overlapping then r.grp else 0 end as slot
		from unnest(given.nr, given.subject, given.email, given.grp, given.reason)
			as r (nr, subject, email, grp, reason)
		where r.reason is null
	), seen as (
		select g.*, coalesce(lag(g.grp) over w, b.grp) as before
		from good as g left join base as b on b.who = g.who and b.slot = g.slot
		window w as (partition by g.who, g.slot order by g.nr)
	)
	select s.nr, case when s.before = s.grp then 'present'
			when s.subject is null then 'preassigned'
			when s.before is null then 'added' else 'changed' end,
		s.subject, s.grp, n.name, o.name, null
	from seen as s
	left join jsonb_to_recordset(known) as n (id bigint, name text) on n.id = s.grp
	left join jsonb_to_recordset(known) as o (id bigint, name text) on o.id = s.before
	union all
	select r.nr, 'failed', null, null, null, null, r.reason
	from unnest(given.nr, given.reason) as r (nr, reason) where r.reason is not null;
end
$$;

revoke execute on function membership_batch from public;
grant execute on function membership_batch to assay_app;
