-- Erases subject $1 everywhere and says how many rows of each kind are gone.
-- reach: subject
-- retry: yes
-- writes: yes
-- time: long
select page_views, enrollments, exposures, conversions, waiting_goals, goal_events, profile,
	audiences, memberships, tags, preassignments, upload_rows
from subject_erase($1)
