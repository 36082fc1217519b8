-- SPDX-License-Identifier: GPL-3.0-or-later
-- Plans that decide: when one was made, whether that was before the first participant, and what was
-- decided by it.

alter table experiment
	add plan_at timestamptz,
	add plan_valid boolean,
	add plan_goal text collate "C",
	add closed_at timestamptz;

comment on column experiment.plan_at is 'when the plan was written that there is; null: none, or not known';
comment on column experiment.plan_valid is
	'nobody had taken part when it was written; never found anew, because participants may be erased';
comment on column experiment.plan_goal is
	'the goal that decides, as long as nobody had taken part; null: none, or not known';
comment on column experiment.closed_at is
	'since when nobody new takes part, because of its state or a stop; null: people do';

update experiment set closed_at = coalesce(ended_at, updated_at)
where state <> 1 or status = 'STOPPED';

-- Of a plan of before it is not known whether it is older than the first participant, where there is
-- one.
update experiment as e
set plan_at = e.updated_at, plan_valid = not exists (
	select 1 from exposure as x where x.experiment = e.nr
) and not exists (
	select 1 from result_cell as c where c.experiment = e.nr and c.goal = 0
)
where e.plan is not null;

update experiment as e set plan_goal = coalesce(e.goals -> 0 ->> 'name', e.goals ->> 0)
where e.plan_valid;

-- What the looks at a goal decided, and that a final look decided nothing. It stands, whatever
-- becomes of the sums that it was made from.
create table decision (
	experiment bigint not null,
	goal bigint not null,
	alternative integer not null,
	crossed boolean not null,
	day date not null,
	decided_on date not null,
	information double precision not null,
	z double precision not null,
	bound double precision not null,
	difference double precision not null,
	low double precision not null,
	high double precision not null,
	alpha double precision not null,
	decided_at timestamptz not null,
	constraint decision_pk primary key (experiment, goal, alternative, crossed)
);

comment on column decision.crossed is 'false: the final look was passed without a decision';
comment on column decision.day is 'UTC day of the look, from which the numbers are';
comment on column decision.decided_on is
	'the day on which it was decided: later than that of the look, where the level was raised since';
comment on column decision.alpha is 'the significance level of the bounds';

grant select, insert on decision to assay_app;
