-- Demo of experiments, after they were defined: 14 days of enrolments and conversions of the demo's
-- users, drawn as the program draws, so that every one of them is where it would be. Run as the
-- owner: psql -v now=2026-01-31T12:00:00Z -f demo_experiments.sql
--
-- CHECKOUT-BUTTON has a winner, HERO-TEXT makes no difference, NEW-SEARCH loses people on the way to
-- its alternative, CREATOR-TIPS is for those who create; its goal is a page of the page views.

set timezone to 'UTC';

-- u of a salt and an id, as core/experiment/bucket.c has it.
create function pg_temp.bucket(salt text, id text) returns double precision
language sql immutable
return ((('x' || encode(substr(sha256(convert_to(salt || ':' || id, 'UTF8')), 1, 8), 'hex'))
	::bit(64)::bigint >> 11) & 9007199254740991) / 9007199254740992.0;

begin;

-- They began two weeks ago, which no request may say; their salts are the same at every run.
update assay.experiment
set salt = md5(id), start_date = (:'now'::timestamptz - interval '14 days')::date,
	data = data || jsonb_build_object(
		'startDate', (:'now'::timestamptz - interval '14 days')::date),
	created_at = :'now'::timestamptz - interval '14 days',
	plan = case when id = 'CHECKOUT-BUTTON'
		then '{"baseline": 0.1, "effect": 0.05, "alpha": 0.05, "power": 0.8}'::jsonb end
where id in ('CHECKOUT-BUTTON', 'HERO-TEXT', 'NEW-SEARCH', 'CREATOR-TIPS');

create temp table demo_enrolment as
with arm as (
	select e.nr, e.id, e.salt, e.allocation, e.alternatives, jsonb_array_length(e.alternatives) as n
	from assay.experiment as e
	where e.id in ('CHECKOUT-BUTTON', 'HERO-TEXT', 'NEW-SEARCH', 'CREATOR-TIPS')
), drawn as (
	select a.nr, a.id as experiment, a.allocation, p.subject_id, substr(p.subject_id, 3) as id,
		a.alternatives
			-> floor(pg_temp.bucket(a.salt || ':alternative', substr(p.subject_id, 3)) * a.n)
			::integer as alternative
	from arm as a, assay.profile as p
	where p.subject_id like 'u:demo-%'
		and (a.id <> 'CREATOR-TIPS' or p.terms @> '{organisations.roles=content_creator}')
)
select nr, experiment, allocation, subject_id, id, (alternative ->> 'id')::integer as alternative,
	alternative ->> 'name' as name, :'now'::timestamptz
		- interval '14 days' * pg_temp.bucket('day ' || experiment, id) as at
from drawn
-- A quarter of those who were sent to the new search never arrived there.
where experiment <> 'NEW-SEARCH' or alternative ->> 'name' = 'control'
	or pg_temp.bucket('lost', id) > 0.25;

insert into assay.enrolment (subject_id, experiment, alternative, allocation, source, enrolled_at)
select subject_id, nr, alternative, allocation, 'drawn', at from demo_enrolment
on conflict do nothing;

insert into assay.exposure (subject_id, experiment, alternative, allocation, forced, earlier_exposures,
	exposed_at)
select subject_id, nr, alternative, allocation, false, 0, at from demo_enrolment
on conflict do nothing;

create temp table demo_rate (experiment text, name text, goal text, rate double precision);

insert into demo_rate values
	('CHECKOUT-BUTTON', 'control', 'purchase', 0.10),
	('CHECKOUT-BUTTON', 'green', 'purchase', 0.16),
	('HERO-TEXT', 'control', 'purchase', 0.12),
	('HERO-TEXT', 'short', 'purchase', 0.12),
	('HERO-TEXT', 'long', 'purchase', 0.12),
	('NEW-SEARCH', 'control', 'search', 0.30),
	('NEW-SEARCH', 'fast', 'search', 0.38);

insert into assay.conversion (subject_id, experiment, alternative, goal, hits, forced, allocation,
	first_at, last_at)
select d.subject_id, d.nr, d.alternative, g.nr,
	1 + floor(3 * pg_temp.bucket('hits ' || d.experiment, d.id))::bigint, false, d.allocation,
	least(d.at + interval '1 hour', :'now'), least(d.at + interval '2 hours', :'now')
from demo_enrolment as d
join demo_rate as r on r.experiment = d.experiment and r.name = d.name
join assay.goal as g on g.name = r.goal
where pg_temp.bucket('convert ' || d.experiment, d.id) < r.rate
on conflict do nothing;

-- What page views have counted since the enrolment.
insert into assay.conversion (subject_id, experiment, alternative, goal, hits, forced, allocation,
	first_at, last_at)
select d.subject_id, d.nr, d.alternative, g.nr, count(*), false, d.allocation, min(v.viewed_at),
	max(v.viewed_at)
from demo_enrolment as d
join assay.page_view as v on v.subject_id = d.subject_id and v.viewed_at >= d.at
join assay.goal as g on g.page = v.name and g.retired_at is null
group by d.subject_id, d.nr, d.alternative, d.allocation, g.nr
on conflict do nothing;

set local search_path = assay;
select result_rebuild(nr) from experiment;
update assay.cache_epoch set definitions = definitions + 1;

commit;

analyze assay.enrolment, assay.exposure, assay.conversion;
