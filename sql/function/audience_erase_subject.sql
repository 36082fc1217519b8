-- SPDX-License-Identifier: GPL-3.0-or-later
-- Deletes a subject from the directory and from every audience; returns how many rows there were.
create or replace function audience_erase_subject(subject text, out profiles bigint,
	out audiences bigint)
language plpgsql
set search_path from current
as $$
begin
	perform audience_write_lock();
	delete from profile where subject_id = subject;
	get diagnostics profiles = row_count;
	delete from audience where subject_id = subject;
	get diagnostics audiences = row_count;
	if profiles > 0 then
		perform nextval('erasure');
	end if;
end
$$;

revoke execute on function audience_erase_subject from public;
grant execute on function audience_erase_subject to assay_app;
