-- Page views of subject $1 before $2 but not before $3, the newest first, at most $4.
-- reach: subject
-- retry: yes
select at, name, url, referrer
from page_view
where subject_id = $1 and at < $2::timestamptz and at >= $3::timestamptz
order by at desc
limit $4::bigint
