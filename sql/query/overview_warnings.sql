-- What people should look at, as of $1: kind, id and text of experiments that could not be mapped
-- (`failed`, the newest five), of layers with at most $2 slots left (`layer`, with how many), and
-- of work that has failed and is tried again (`again`: a file of members, how often), and work
-- that waits since $3 (`jobs`: mapping; `files`: files of members).
-- reach: definitions
-- retry: yes
(
	select 'failed' as kind, e.id, e.status_msg as text
	from experiment as e where e.status = 'FAILED' and e.updated_at <= $1::timestamptz
	order by e.updated_at desc limit 5
)
union all
(
	select 'layer', l.id, (10000 - s.used)::text
	from layer as l, lateral (
		select sum(upper(x.slots) - lower(x.slots)) as used from layer_slot as x where x.layer = l.nr
	) as s
	where 10000 - s.used <= $2::bigint
	order by l.id limit 5
)
union all
(
	select 'again', s.id, u.attempts::text
	from upload as u join segmentation as s on s.nr = u.segmentation
	where u.done_at is null and u.failed_at is not null
	order by u.failed_at desc limit 5
)
union all
(
	select 'unmapped', e.id, j.attempts::text
	from audience_job as j join experiment as e on e.nr = j.nr
	where j.failed_at is not null order by j.failed_at desc limit 5
)
union all
select 'jobs', null, null where exists (
	select from audience_job as j join experiment as e on e.nr = j.nr
	where j.due_at < $3::timestamptz and e.status in ('SUBMITTED', 'PROCESSING', 'ACTIVE')
)
union all
select 'files', null, null where exists (
	select from upload as u where u.done_at is null and u.failed_at is null
		and u.created_at < $3::timestamptz
)
