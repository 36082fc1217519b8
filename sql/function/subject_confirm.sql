-- SPDX-License-Identifier: GPL-3.0-or-later
-- A session has turned out to be human: its rows count from now on, and its waiting hits count,
-- too.
create or replace function subject_confirm(subject text, now timestamptz)
returns void
language plpgsql
set search_path from current
as $$
begin
	perform subject_lock(subject);
	insert into confirmed (subject_id, confirmed_at) values (subject, now) on conflict do nothing;
	if not found then
		return;
	end if;
	perform 1 from enrolment as n where n.subject_id = subject order by n.experiment for update;
	perform exposure_confirm(subject, null, now);
	perform waiting_goal_replay(subject, subject, null, now);
end
$$;

revoke execute on function subject_confirm from public;
grant execute on function subject_confirm to assay_app;
