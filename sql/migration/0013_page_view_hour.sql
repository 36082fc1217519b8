-- How many page views there are, counted by the jobs, so that no page counts views itself. Nobody is
-- named here: counts by hour and by name of page.
create table page_view_hour (
	hour timestamptz primary key,
	views bigint not null,
	pages jsonb not null
);

comment on table page_view_hour is 'page views by hour of their time, with the most viewed [[name, views], ..]';

-- A single row: what is shown, worked out from the hours whenever they were counted.
create table page_view_week (
	one boolean primary key default true,
	counted_at timestamptz not null,
	hours json not null,
	days json not null,
	pages json not null,
	constraint page_view_week_single check (one)
);

comment on table page_view_week is 'page views of 24 hours and of 7 days, as they are shown';

grant select on page_view_week to assay_app;
