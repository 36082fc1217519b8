-- Stores one page view: as page_view_add, but a single row needs neither arrays nor an order.
-- repeated: [0] when it was not stored.
-- reach: subject
-- retry: yes
with inserted as (
	insert into page_view (subject_id, viewed_at, name, url, referrer)
	values ($1::text, $2::timestamptz, $3::text, $4, $5)
	on conflict do nothing
	returning 1
)
select case when count(*) = 0 then json_build_array(0) end as repeated,
	case when count(*) > 0 and $6::boolean
		and exists (select from enrolment as n where n.subject_id = $1::text)
		then page_view_activity(array[$1::text], array[$2::timestamptz], array[$3::text],
			$7::boolean, $8::timestamptz) end
from inserted
