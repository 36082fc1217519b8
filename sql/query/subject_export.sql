-- What is held about subject $1, in order of time, from just behind $2, at most $3 rows.
-- reach: subject
-- retry: yes
-- time: long
select 'page_view' as record, at as timestamp, name, url, referrer
from page_view
where subject_id = $1 and at > $2::timestamptz
order by at
limit $3::bigint
