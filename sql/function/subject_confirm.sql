-- SPDX-License-Identifier: GPL-3.0-or-later
-- A session has turned out to be human: its rows count from now on, and its waiting hits count,
-- too.
create or replace function subject_confirm(subject text, now timestamptz)
returns void
language plpgsql
set search_path from current
as $$
declare
	row record;
begin
	perform subject_lock(subject);
	insert into confirmed (subject_id, confirmed_at) values (subject, now) on conflict do nothing;
	if not found then
		return;
	end if;
	for row in
		select n.experiment, n.alternative, n.allocation, n.source from enrolment as n
		where n.subject_id = subject order by n.experiment for update
	loop
		perform exposure_add(subject, row.experiment, row.alternative, row.allocation,
			row.source, now);
	end loop;
	perform waiting_goal_replay(subject, subject, null, now);
end
$$;

revoke execute on function subject_confirm from public;
grant execute on function subject_confirm to assay_app;
