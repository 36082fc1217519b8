-- SPDX-License-Identifier: GPL-3.0-or-later
-- Calls that concern one subject run one after the other: a session may be confirmed, become a
-- user and be erased at the same moment. Taken before any row; whoever needs two takes them in
-- order of their hashes. Page views do not take it: they write only while they hold the
-- enrolment's row.
create or replace function subject_lock(subject text)
returns void
language plpgsql
as $$
begin
	perform pg_advisory_xact_lock(lock_class('subject'), hashtext(subject));
end
$$;

revoke execute on function subject_lock from public;
grant execute on function subject_lock to assay_app;
