-- SPDX-License-Identifier: GPL-3.0-or-later
-- Records a visit of a subject, if it is enrolled somewhere and its last visit is 6 hours old.
create or replace function visit_record(subject text, verify boolean, now timestamptz)
returns void
language plpgsql
set search_path from current
as $$
begin
	if exists (
		select from enrolment where subject_id = subject
			and (last_seen_at is null or last_seen_at <= now - interval '6 hours')
	) then
		perform subject_lock(subject);
		perform activity_record(array[subject], array[null::bigint], array[0::bigint],
			array[null::timestamptz], true, verify, now);
	end if;
end
$$;

revoke execute on function visit_record from public;
grant execute on function visit_record to assay_app;
