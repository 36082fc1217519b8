-- Page views of subject $1 before $2 but not before $3, the newest first, at most $4.
-- reach: subject
-- retry: yes
select viewed_at as at, name, url, referrer
from page_view
where subject_id = $1 and viewed_at < $2::timestamptz and viewed_at >= $3::timestamptz
order by viewed_at desc
limit $4::bigint
