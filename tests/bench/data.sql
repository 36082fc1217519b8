-- SPDX-License-Identifier: GPL-3.0-or-later
-- Page views for the bench: ten of each of the users :first .. :last, drawn from hashes only, so
-- that every run of one day makes the same rows. They lie in the 14 days before :midnight, in
-- three visits of up to four pages, and are written in the order of time, as they would arrive.
-- Run as the owner:
-- psql -v midnight=2026-01-31T00:00:00Z -v first=1 -v last=100000 -f data.sql

set timezone to 'UTC';
set work_mem to '256MB';

-- The partitions of those days, and of the days that the bench writes to.
select from assay.page_view_partitions((:'midnight'::timestamptz - interval '14 days')::date,
    (:'midnight'::timestamptz + interval '2 days')::date, '-infinity');

-- A number in 0..below-1 for a user, a place and a purpose.
create function pg_temp.draw(u bigint, place bigint, purpose bigint, below bigint) returns bigint
language sql immutable
return abs(hashint8extended(u * 16 + place, purpose) % below);

-- Two views of a user never share an instant: the last digit of the millisecond is the view's.
insert into assay.page_view (subject_id, viewed_at, name, url, referrer)
select 'u:' || u,
	:'midnight'::timestamptz
	- interval '1 millisecond' * (10 + 10 * pg_temp.draw(u, v / 4, 1, 14 * 8640000 - 200000))
	+ interval '1 millisecond' * (v % 4 * 40000 + 10 * pg_temp.draw(u, v, 2, 3000) + v)
	- interval '2 minutes 40 seconds',
	'Page ' || pg_temp.draw(u, v, 3, 16),
	'https://www.example.com/page/' || pg_temp.draw(u, v, 3, 16),
	case when v % 4 > 0 then 'https://www.example.com/page/' || pg_temp.draw(u, v - 1, 3, 16) end
from generate_series(:first::bigint, :last::bigint) u, generate_series(0, 9) v
order by 2;

-- As autovacuum would: a partition that never had a row is not looked at.
select format('vacuum (analyze) %s', c.oid::regclass)
from pg_inherits i join pg_class c on c.oid = i.inhrelid
where i.inhparent = 'assay.page_view'::regclass and pg_relation_size(c.oid) > 0
\gexec
