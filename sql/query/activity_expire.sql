-- Lets go of the ids of events from before $1 and of what waited in vain until $2 (now).
-- reach: all
-- retry: yes
-- time: long
-- role: owner
with deleted_events as (
	delete from goal_event where recorded_at < $1::timestamptz
)
delete from waiting_goal where expires_at < $2::timestamptz
