-- Stores a batch of page views in one statement. Sorted, so that two batches cannot wait for each
-- other; of two views of a subject at one instant the first one stays.
-- reach: subject
-- retry: yes
insert into page_view (subject_id, at, name, url, referrer)
select v.subject_id, v.at, v.name, v.url, v.referrer
from unnest($1::text[], $2::timestamptz[], $3::text[], $4::text[], $5::text[])
	with ordinality as v (subject_id, at, name, url, referrer, position)
order by v.subject_id, v.at, v.position
on conflict do nothing
