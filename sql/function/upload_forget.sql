-- SPDX-License-Identifier: GPL-3.0-or-later
-- Deletes what files of members hold of a user; stored answers go with audit_forget.
create or replace function upload_forget(subject text, out preassignments bigint,
	out upload_rows bigint)
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

revoke execute on function upload_forget from public;
grant execute on function upload_forget to assay_app;
