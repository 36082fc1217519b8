-- SPDX-License-Identifier: GPL-3.0-or-later
-- Empties what the audit log says about a subject that is erased, and deletes stored answers that
-- concern it: that something was done to somebody stays, to whom and what it said goes.
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

revoke execute on function audit_forget from public;
grant execute on function audit_forget to assay_app;
