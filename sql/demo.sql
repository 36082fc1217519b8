-- Demo data for the stack: 14 days of page views, ending at :now, of 300 users, drawn from hashes
-- only, so that every run of one day makes the same rows. Run as the owner:
-- psql -v now=2026-01-31T12:00:00Z -f demo.sql
--
-- Its goals as well, which the experiments of the demo name.
--
-- Users whose number ends in 1 come nearly every day, the others now and then. A visit is a chain
-- of one to nine pages, 5 to 300 seconds apart.

set timezone to 'UTC';

-- A number in 0..below-1 for a name.
create function pg_temp.draw(what text, below integer) returns integer
language sql immutable
return ('x' || substr(md5(what), 1, 7))::bit(28)::integer % below;

create temp table demo_page (number integer primary key, name text not null, path text not null);

insert into demo_page values
	(0, 'Home', '/'),
	(1, 'Pricing Page', '/pricing'),
	(2, 'Blog: better B2B customer experience', '/blog/better-b2b-customer-experience'),
	(3, 'Product Tour', '/tour'),
	(4, 'Documentation', '/docs'),
	(5, 'Documentation: first steps', '/docs/first-steps'),
	(6, 'Blog: how we test our prices', '/blog/how-we-test-our-prices'),
	(7, 'Sign Up', '/sign-up'),
	(8, 'Log In', '/log-in'),
	(9, 'Account', '/account'),
	(10, 'Customers', '/customers'),
	(11, 'Blog: a good question is half the answer', '/blog/a-good-question'),
	(12, 'Changelog', '/changelog'),
	(13, 'About Us', '/about'),
	(14, 'Contact', '/contact'),
	(15, 'Jobs', '/jobs');

begin;

-- A day of which the default partition has rows cannot get its own any more: make them first.
select from assay.page_view_partitions((:'now'::timestamptz - interval '14 days')::date,
    :'now'::timestamptz::date, '-infinity');

with visit as (
	select u, d, v, format('%s/%s/%s', u, d, v) as seed,
		date_trunc('day', :'now'::timestamptz) - d * interval '1 day'
		+ interval '6 hours' * v
		+ interval '1 second' * pg_temp.draw(format('start %s/%s/%s', u, d, v), 18000) as start
	from generate_series(1, 300) u, generate_series(0, 14) d, generate_series(0, 3) v
	where pg_temp.draw(format('come %s/%s/%s', u, d, v), 100)
		< case when u % 10 = 1 then 45 else 14 end
), view as (
	select u, start, seed, p,
		sum(case p when 0 then 0
			else 5000 + pg_temp.draw(format('gap %s/%s', seed, p), 295000) end)
			over (partition by seed order by p) as after_ms,
		-- the smaller of two draws: the first pages of the list are the best known
		least(pg_temp.draw(format('page %s/%s', seed, p), 16),
			pg_temp.draw(format('other %s/%s', seed, p), 16)) as number
	from visit, generate_series(0, 8) p
	where p <= pg_temp.draw('pages ' || seed, 9)
), row as (
	select format('u:demo-%s', lpad(u::text, 3, '0')) as subject_id,
		start + after_ms * interval '1 millisecond' as at,
		name, 'https://www.example.com' || path as url,
		case when p > 0 then lag('https://www.example.com' || path) over w
			when pg_temp.draw('from ' || seed, 3) = 0 then 'https://search.example.org/'
		end as referrer
	from view join demo_page using (number)
	window w as (partition by seed order by p)
)
insert into assay.page_view (subject_id, viewed_at, name, url, referrer)
select subject_id, at, name, url, referrer
from row
where at > :'now'::timestamptz - interval '14 days' and at <= :'now'::timestamptz
on conflict do nothing;

insert into assay.goal (name, page, test, description, created_at) values
	('purchase', null, 'chi2', 'Bought something', :'now'),
	('signup', 'Sign Up', 'chi2', 'Saw the page Sign Up', :'now'),
	('search', null, 'mwu', 'Searched', :'now')
on conflict do nothing;

commit;

analyze assay.page_view;
