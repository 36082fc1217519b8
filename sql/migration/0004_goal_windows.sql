-- SPDX-License-Identifier: GPL-3.0-or-later
-- Goals with a window: a hit counts from so many hours after the enrolment to so many, and results
-- take participants whose window has ended.

alter table goal
	add window_from integer,
	add window_to integer,
	add constraint goal_window check ((window_from is null) = (window_to is null)
		and window_from >= 0 and window_from < window_to and window_to <= 8760);

comment on column goal.window_from is
	'a hit counts from so many hours after the enrolment on; null: there is no window';
comment on column goal.window_to is 'hours after the enrolment from which on no hit counts';

-- What the rows of subjects say today; whoever writes them waits for the end of this transaction.
lock table exposure, conversion in share mode;

alter table exposure add enrolled_at timestamptz;
alter table conversion add exposed_at timestamptz;

comment on column exposure.enrolled_at is
	'when the windows of goals begin, where that is before exposed_at: a session is a participant when
it is confirmed, and was enrolled before; null: at exposed_at';
comment on column conversion.exposed_at is
	'when the windows of goals began: enrolled_at of the exposure, or its exposed_at';

update exposure as x set enrolled_at = n.enrolled_at
from enrolment as n
where n.subject_id = x.subject_id and n.experiment = x.experiment
	and n.alternative = x.alternative and n.enrolled_at < x.exposed_at
	and x.earlier_exposures = 0 and not x.manual and not x.forced;

update conversion as c set exposed_at = coalesce(x.enrolled_at, x.exposed_at)
from exposure as x
where x.subject_id = c.subject_id and x.experiment = c.experiment and x.alternative = c.alternative;

-- Participants by the day on which their window ends stand in the ledger under a goal of their own:
-- the number of hours after which it does, negated. So goals whose windows end together share them.
-- They are kept for the windows that the goals of an experiment have.
create table result_window (
	experiment bigint not null,
	hours integer not null,
	added_at timestamptz not null,
	built_at timestamptz,
	constraint result_window_pk primary key (experiment, hours)
);

comment on table result_window is
	'windows (hours to their end) by which the ledger has the participants of an experiment';
comment on column result_window.built_at is
	'when the participants from before added_at were added; null: not yet';

grant select, insert on result_window to assay_app;

comment on column result_delta.goal is
	'0: participation; negative: participation by the day on which a window of so many hours ends';
comment on column result_delta.day is
	'UTC day of the transaction that made the change; for a window, the day it ends if that is later';
comment on column result_delta.n is 'participants (goal 0 and less), or subjects that hit the goal';
