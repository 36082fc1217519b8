-- Files of members: what came in, what became of each row, and groups of those who are not known yet.

-- E-mail addresses as they are compared: ASCII letters in lower case.
create index profile_email on profile (lower((attributes ->> 'email') collate "C"))
where left(subject_id, 2) = 'u:' and octet_length(attributes ->> 'email') <= 254;

-- Groups of users who are not known yet, by their folded e-mail address.
create table preassigned (
	email text collate "C" not null,
	segmentation bigint not null,
	slot bigint not null,
	group_nr bigint not null,
	overlap boolean not null,
	assigned_by text,
	assigned_at timestamptz not null,
	constraint preassigned_pk primary key (email, segmentation, slot),
	constraint preassigned_slot check (slot = case when overlap then group_nr else 0 end),
	constraint preassigned_segmentation foreign key (segmentation, overlap)
		references segmentation (nr, overlap) on delete cascade
);

create index preassigned_of on preassigned (segmentation);

-- Files of members that came in. content: what the jobs have not worked on yet, until done.
create table upload (
	nr bigint generated always as identity,
	segmentation bigint not null,
	created_by text,
	created_at timestamptz not null,
	content text,
	position bigint not null default 0,
	erasure_count bigint not null default 0,
	total bigint not null default 0,
	added bigint not null default 0,
	changed bigint not null default 0,
	present bigint not null default 0,
	preassigned bigint not null default 0,
	failed bigint not null default 0,
	done_at timestamptz,
	constraint upload_pk primary key (nr),
	constraint upload_segmentation foreign key (segmentation)
		references segmentation (nr) on delete cascade
);

comment on column upload.position is 'bytes of content that are worked off';
comment on column upload.erasure_count is 'how often somebody was erased from content';

create index upload_of on upload (segmentation);
create index upload_due on upload (nr) where done_at is null;

-- Rows of a file that moved somebody, or failed; line: on which it begins.
create table upload_row (
	upload bigint not null,
	line bigint not null,
	outcome text not null,
	subject text collate "C",
	previous text,
	reason text,
	constraint upload_row_pk primary key (upload, line),
	constraint upload_row_outcome check (outcome in ('changed', 'failed')),
	constraint upload_row_upload foreign key (upload) references upload (nr) on delete cascade
);

create index upload_row_subject on upload_row (subject);

grant select, insert, update, delete on preassigned, upload, upload_row to assay_app;

-- Puts many into groups by their names, a row each: by user_id (u:..), by e-mail (folded), or both;
-- user_id counts where that user has a profile or nobody has one with the e-mail. Whoever is known by
-- an e-mail only, and to nobody, gets the group when a profile with it appears. A row with a reason has
-- failed already. Of two rows for one user the later moves the user on.
create function membership_batch(of_segmentation bigint, nrs bigint[], users text[], emails text[],
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
	insert into preassigned as a (email, segmentation, slot, group_nr, overlap, assigned_by, assigned_at)
	select distinct on (r.email, case when overlapping then r.grp else 0 end) r.email,
		of_segmentation, case when overlapping then r.grp else 0 end, r.grp, overlapping, who, now
	from unnest(given.nr, given.subject, given.email, given.grp, given.reason)
		as r (nr, subject, email, grp, reason)
	where r.reason is null and r.subject is null
	order by 1, 3, r.nr desc
	on conflict (email, segmentation, slot) do update
	set group_nr = excluded.group_nr, assigned_by = excluded.assigned_by, assigned_at = excluded.assigned_at
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

-- Profiles with these e-mail addresses have appeared: who was assigned by address gets the groups,
-- unless put somewhere since. Holds a lock until the transaction ends, then looks: whoever assigns by
-- address waits for all who hold it, then looks for profiles. Tells who was put where.
create function preassigned_apply(subjects text[], emails text[], now timestamptz,
	out placed jsonb)
language plpgsql
set search_path from current
as $$
#variable_conflict use_column
begin
	perform pg_advisory_xact_lock_shared(4702115, 1);
	if not exists (select from preassigned) then
		return;
	end if;
	with come as (
		delete from preassigned as a
		using (
			select distinct on (e.email) e.email, e.subject
			from unnest(subjects, emails) as e (subject, email) order by 1, 2
		) as e
		where a.email = e.email
		returning e.subject, a.segmentation, a.slot, a.group_nr, a.overlap, a.assigned_by, a.assigned_at
	), put as (
		insert into membership as m (subject_id, segmentation, slot, group_nr, overlap, source,
			assigned_by, assigned_at)
		select c.subject, c.segmentation, c.slot, c.group_nr, c.overlap, 'upload', c.assigned_by, c.assigned_at
		from come as c order by 1, 2, 3
		on conflict (subject_id, segmentation, slot) do update
		set group_nr = excluded.group_nr, source = excluded.source, assigned_by = excluded.assigned_by,
			assigned_at = excluded.assigned_at
		where m.group_nr <> excluded.group_nr and (m.source = 'drawn' or m.assigned_at < excluded.assigned_at)
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
	from put as p join segmentation as s on s.nr = p.segmentation;
end
$$;

-- Waits until all have ended who were writing profiles when a file of members had been committed, and
-- looks whether the addresses that it left are known by now.
create function preassigned_apply_late(of_segmentation bigint, now timestamptz, out placed jsonb)
language plpgsql
set search_path from current
as $$
declare
	here oid;
	writers text[];
	come record;
begin
	select oid into here from pg_database where datname = current_database();
	select array_agg(virtualtransaction) into writers from pg_locks
	where locktype = 'advisory' and database = here and classid = 4702115 and objid = 1
		and objsubid = 2 and pid <> pg_backend_pid();
	while exists (
		select from pg_locks
		where locktype = 'advisory' and database = here and classid = 4702115 and objid = 1
			and objsubid = 2 and virtualtransaction = any (writers)
	) loop
		perform pg_sleep(0.002);
	end loop;
	select array_agg(p.subject_id) as subjects, array_agg(a.email) as emails into come
	from (select distinct email from preassigned where segmentation = of_segmentation) as a
	join profile as p on lower((p.attributes ->> 'email') collate "C") = a.email
		and left(p.subject_id, 2) = 'u:' and octet_length(p.attributes ->> 'email') <= 254;
	if come.subjects is not null then
		select preassigned_apply(come.subjects, come.emails, now) into placed;
	end if;
end
$$;

-- Takes the rows that name a user, by a field or (folded) by the e-mail address, out of files that are
-- not worked off: blanks of as many bytes stand there then. What a job reads it holds: this waits.
create function upload_scrub(name text, address text)
returns void
language plpgsql
set search_path from current
as $$
begin
	update upload as u
	set erasure_count = u.erasure_count + 1, content = (
		select string_agg(case when w.n > 1 and (
				position(',' || translate(name, '"', ',') || ','
					in ',' || translate(w.line, '"' || chr(13), ',,') || ',') > 0
				or position(',' || address || ','
					in ',' || lower(translate(w.line, '"' || chr(13), ',,') collate "C") || ',') > 0)
			then repeat(' ', octet_length(w.line)) else w.line end, p.mark order by w.n)
		from unnest(string_to_array(u.content, p.mark)) with ordinality as w (line, n)
	)
	from (
		select i.nr, case when position(chr(10) in rtrim(i.content, chr(10))) > 0
			then chr(10) else chr(13) end as mark
		from upload as i where i.done_at is null and i.content is not null
	) as p
	where u.nr = p.nr and u.done_at is null and (position(name in u.content) > 0
		or position(address in lower(u.content collate "C")) > 0);
end
$$;

-- What files of members, and answers that are kept for a day, hold of a user.
create function upload_forget(subject text, out preassignments bigint, out upload_rows bigint)
language plpgsql
set search_path from current
as $$
#variable_conflict use_column
declare
	address text;
begin
	select lower((p.attributes ->> 'email') collate "C") into address
	from profile as p where p.subject_id = upload_forget.subject;
	perform upload_scrub(substr(upload_forget.subject, 3), address);
	delete from preassigned as a where a.email = address;
	get diagnostics preassignments = row_count;
	delete from upload_row as r where r.subject = upload_forget.subject;
	get diagnostics upload_rows = row_count;
	delete from idempotency as i
	where position(to_jsonb(substr(upload_forget.subject, 3))::text in i.answer::text) > 0;
end
$$;

grant delete on idempotency to assay_app;

revoke execute on function upload_scrub, upload_forget from public;
grant execute on function upload_scrub, upload_forget to assay_app;
revoke execute on function membership_batch, preassigned_apply, preassigned_apply_late from public;
grant execute on function membership_batch, preassigned_apply, preassigned_apply_late to assay_app;
