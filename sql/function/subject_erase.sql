-- SPDX-License-Identifier: GPL-3.0-or-later
-- Erases a subject everywhere and returns how many rows of each kind there were.
create or replace function subject_erase(subject text, out page_views bigint, out enrollments bigint,
	out exposures bigint, out conversions bigint, out waiting_goals bigint, out goal_events bigint,
	out profile bigint, out audiences bigint, out memberships bigint, out tags bigint,
	out preassignments bigint, out upload_rows bigint)
language plpgsql
set search_path from current
as $$
begin
	perform subject_lock(subject);
	select u.preassignments, u.upload_rows into preassignments, upload_rows
	from upload_forget(subject) as u;
	perform audit_forget(subject);
	delete from membership where subject_id = subject;
	get diagnostics memberships = row_count;
	delete from tag where subject_id = subject;
	get diagnostics tags = row_count;
	select l.profiles, l.audiences into profile, audiences from audience_erase_subject(subject) as l;
	perform from enrolment as n where n.subject_id = subject order by n.experiment for update;
	delete from enrolment where subject_id = subject;
	get diagnostics enrollments = row_count;
	select w.exposures, w.conversions into exposures, conversions from result_withdraw(subject) as w;
	delete from waiting_goal where subject_id = subject;
	get diagnostics waiting_goals = row_count;
	delete from goal_event where subject_id = subject;
	get diagnostics goal_events = row_count;
	delete from confirmed where subject_id = subject;
	delete from page_view where subject_id = subject;
	get diagnostics page_views = row_count;
end
$$;

revoke execute on function subject_erase from public;
grant execute on function subject_erase to assay_app;
