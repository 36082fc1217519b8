-- Rows of the audit log and stored answers name the subjects they concern, so that an erasure finds
-- them by id and leaves everything else as it is. Stored answers belong to an actor: a key or an
-- account.

drop index audit_word;
alter table audit add subjects text[] not null default '{}';
create index audit_subject on audit using gin (subjects) where subjects <> '{}';

-- Takes what concerns a subject that is erased out of the audit log: that something was done to
-- somebody stays, about whom and what it said goes.
create or replace function audit_forget(subject text)
returns void
language plpgsql security definer
set search_path from current
as $$
begin
	update audit as a
	set subjects = array_remove(a.subjects, subject), before = null, after = null
	where a.subjects <> '{}' and a.subjects @> array[subject];
	delete from idempotency as i where i.subjects <> '{}' and i.subjects @> array[subject];
end
$$;

drop function audit_words(jsonb, jsonb);
revoke update (before, after) on audit from assay_app;

truncate idempotency;
alter table idempotency rename key_id to actor;
alter table idempotency add subjects text[] not null default '{}';
create index idempotency_subject on idempotency using gin (subjects) where subjects <> '{}';

-- What files of members hold of a user; its memory of answers goes with audit_forget.
create or replace function upload_forget(subject text, out preassignments bigint, out upload_rows bigint)
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
end
$$;
