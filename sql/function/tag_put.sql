-- SPDX-License-Identifier: GPL-3.0-or-later
-- Writes tags of a subject in one scope: keys with values as JSON texts; null deletes the tag.
-- When the subject would have more than `most` tags nothing is written, and made is null.
create or replace function tag_put(subject text, in_scope text, keys text[], texts text[], who text,
	now timestamptz, most bigint, out made bigint, out gone bigint)
language plpgsql
set search_path from current
as $$
#variable_conflict use_column
declare
	others bigint;
	coming bigint;
begin
	perform subject_lock(subject);
	select count(*) into others from tag
	where subject_id = subject and not (scope = in_scope and key = any (keys));
	select count(t) into coming from unnest(texts) as t;
	if coming > 0 and others + coming > most then
		return;
	end if;
	delete from tag using unnest(keys, texts) as w (k, t)
	where subject_id = subject and scope = in_scope and key = w.k and w.t is null;
	get diagnostics gone = row_count;
	with put as (
		insert into tag (subject_id, scope, key, value, updated_by, updated_at)
		select subject, in_scope, w.k, w.t::jsonb, who, now
		from unnest(keys, texts) as w (k, t) where w.t is not null
		on conflict (subject_id, scope, key) do update
		set value = excluded.value, updated_by = excluded.updated_by,
			updated_at = excluded.updated_at
		returning xmax = 0 as fresh
	)
	select count(*) filter (where fresh) into made from put;
end
$$;

revoke execute on function tag_put from public;
grant execute on function tag_put to assay_app;
