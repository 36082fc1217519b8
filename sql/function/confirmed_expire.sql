-- SPDX-License-Identifier: GPL-3.0-or-later
-- Deletes confirmations from before `before` of sessions that are enrolled nowhere: of the `most`
-- sessions behind `after`. One that is at work at the moment is passed over, since it may be about to
-- be enrolled. Returns the last session that was looked at; null when there was none.
create or replace function confirmed_expire(after text, before timestamptz, most integer)
returns text
language plpgsql
set search_path from current
as $$
declare
	seen record;
	last text;
begin
	for seen in
		select c.subject_id, c.confirmed_at < before and not exists (
			select from enrolment as n where n.subject_id = c.subject_id) as unused
		from confirmed as c where c.subject_id > after
		order by c.subject_id limit most
	loop
		last := seen.subject_id;
		if seen.unused and
			pg_try_advisory_xact_lock(lock_class('subject'), hashtext(seen.subject_id))
		then
			delete from confirmed as c where c.subject_id = seen.subject_id
				and not exists (select from enrolment as n where n.subject_id = c.subject_id);
		end if;
	end loop;
	return last;
end
$$;

revoke execute on function confirmed_expire from public;
