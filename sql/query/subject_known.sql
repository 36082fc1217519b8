-- Whether anything at all is held about subject $1.
-- reach: subject
-- retry: yes
select exists (select from profile where subject_id = $1)
	or exists (select from enrolment where subject_id = $1)
	or exists (select from membership where subject_id = $1)
	or exists (select from tag where subject_id = $1)
	or exists (select from exposure where subject_id = $1)
	or exists (select from conversion where subject_id = $1)
	or exists (select from waiting_goal where subject_id = $1)
	or exists (select from goal_event where subject_id = $1)
	or exists (select from confirmed where subject_id = $1)
	or exists (select from audience where subject_id = $1)
	or exists (select from page_view where subject_id = $1)
	or exists (select from upload_row where subject = $1) as known
