-- SPDX-License-Identifier: GPL-3.0-or-later
-- Whether the profile says that the subject is no human.
create or replace function subject_is_bot(subject text)
returns boolean
language plpgsql stable
as $$
begin
	return exists (
		select from profile where subject_id = subject and attributes -> 'human' = 'false');
end
$$;

revoke execute on function subject_is_bot from public;
grant execute on function subject_is_bot to assay_app;
