-- SPDX-License-Identifier: GPL-3.0-or-later
-- The results ledger: what results are made from, kept exact by the statements that change the rows
-- of subjects. Each of them adds small rows to result_delta in the same transaction; jobs fold
-- these into sums. Results are the sums plus the deltas that are not folded yet, read in one
-- snapshot.

create table result_delta (
	nr bigint generated always as identity,
	experiment bigint not null,
	goal bigint not null,
	alternative integer not null,
	allocation bigint not null,
	day date not null,
	before smallint not null default 0,
	n bigint not null default 0,
	sum numeric not null default 0,
	squares numeric not null default 0,
	multiple bigint not null default 0,
	placed bigint not null default 0,
	forced bigint not null default 0,
	hits_from bigint,
	hits_to bigint,
	constraint result_delta_pk primary key (nr)
);

comment on table result_delta is
	'changes of what counts, not folded into result_cell yet; of whom, no row says';
comment on column result_delta.goal is '0: participation';
comment on column result_delta.day is 'UTC day of the transaction that made the change';
comment on column result_delta.before is 'page views before the enrolment, in binary digits';
comment on column result_delta.n is 'participants (goal 0), or subjects that hit the goal';
comment on column result_delta.sum is 'hits';
comment on column result_delta.squares is 'squares of the hits of each subject';
comment on column result_delta.multiple is 'participants that had seen another alternative before';
comment on column result_delta.placed is 'participants that were placed by hand';
comment on column result_delta.forced is 'exposures that were forced, which are no participants';
comment on column result_delta.hits_from is 'hits of the subject before; null: none, or no goal';
comment on column result_delta.hits_to is 'hits of the subject now; null: none, or no goal';

create index result_delta_experiment on result_delta (experiment);

-- Rows come and go by the thousand; those left are few.
alter table result_delta set (autovacuum_vacuum_scale_factor = 0,
	autovacuum_vacuum_threshold = 5000);

create table result_cell (
	experiment bigint not null,
	goal bigint not null,
	alternative integer not null,
	allocation bigint not null,
	day date not null,
	before smallint not null,
	n bigint not null,
	sum numeric not null,
	squares numeric not null,
	multiple bigint not null,
	placed bigint not null,
	forced bigint not null,
	constraint result_cell_pk primary key (experiment, goal, alternative, allocation, day, before)
);

comment on table result_cell is 'folded sums of result_delta, whose columns it has';
comment on column result_cell.day is '-infinity: the total over all days';

alter table result_cell set (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);

create table result_histogram (
	experiment bigint not null,
	goal bigint not null,
	alternative integer not null,
	bin bigint not null,
	subjects bigint not null,
	hits numeric not null,
	constraint result_histogram_pk primary key (experiment, goal, alternative, bin)
);

comment on table result_histogram is 'how many subjects hit a goal how often';
comment on column result_histogram.bin is
	'number of hits up to 1,000; beyond that result_bin(): numbers within one percent';
comment on column result_histogram.hits is 'hits of all subjects of the bin';

alter table result_histogram set (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);

create table result_ledger (
	experiment bigint not null,
	version bigint not null,
	recounted_at timestamptz,
	constraint result_ledger_pk primary key (experiment)
);

comment on table result_ledger is 'experiments that have folded sums';
comment on column result_ledger.version is 'rises when deltas are folded';
comment on column result_ledger.recounted_at is 'when the sums were last compared with the rows';

grant select, insert on result_delta to assay_app;
grant select on result_cell, result_histogram, result_ledger to assay_app;

-- What the rows of subjects say today. Whoever writes them waits for the end of this transaction,
-- and then writes deltas.
lock table exposure, conversion in share mode;

alter table conversion add allocation bigint;

update conversion as c set allocation = x.allocation
from exposure as x
where x.subject_id = c.subject_id and x.experiment = c.experiment and x.alternative = c.alternative;
update conversion set allocation = 1 where allocation is null;

alter table conversion alter allocation set not null;

comment on column conversion.allocation is 'of the exposure';

with cell as (
	select x.experiment, 0 as goal, x.alternative, x.allocation,
		(x.exposed_at at time zone 'UTC')::date as on_day,
		count(*) filter (where not x.forced) as n, 0::numeric as sum, 0::numeric as squares,
		count(*) filter (where not x.forced and x.earlier_exposures = 1) as multiple,
		count(*) filter (where not x.forced and x.manual) as placed,
		count(*) filter (where x.forced) as forced
	from exposure as x
	group by x.experiment, x.alternative, x.allocation, on_day
	union all
	select c.experiment, c.goal, c.alternative, c.allocation,
		(c.first_at at time zone 'UTC')::date, count(*), sum(c.hits), sum(c.hits::numeric * c.hits),
		0, 0, 0
	from conversion as c where not c.forced
	group by c.experiment, c.goal, c.alternative, c.allocation, (c.first_at at time zone 'UTC')::date
)
insert into result_cell (experiment, goal, alternative, allocation, day, before, n, sum, squares,
	multiple, placed, forced)
select c.experiment, c.goal, c.alternative, c.allocation, d.day, 0, sum(c.n), sum(c.sum),
	sum(c.squares), sum(c.multiple), sum(c.placed), sum(c.forced)
from cell as c cross join lateral (values (c.on_day), ('-infinity'::date)) as d (day)
group by c.experiment, c.goal, c.alternative, c.allocation, d.day;

-- As result_bin() has it.
insert into result_histogram (experiment, goal, alternative, bin, subjects, hits)
select c.experiment, c.goal, c.alternative, b.bin, count(*), sum(c.hits)
from conversion as c cross join lateral (values (case when c.hits <= 1000 then c.hits
	else 1000 + ceil(ln(c.hits / 1000.0::double precision) / ln(1.01::double precision))::bigint
end)) as b (bin)
where not c.forced
group by c.experiment, c.goal, c.alternative, b.bin;

insert into result_ledger (experiment, version)
select distinct experiment, 1 from result_cell;

-- What the counts of before needed.
drop table result;
drop function if exists result_begin(bigint, timestamptz);
drop function if exists result_invalidate(bigint[]);
drop sequence result_version;
drop function if exists activity_record(text[], bigint[], bigint[], timestamptz[], boolean, boolean,
	timestamptz);
