-- What is held about subject $1, in order of time, from just behind $2, at most $3 records, or as
-- many as are of the last instant; what self-checks hold is told as of no experiment. Page views are
-- many: no more of them are read than are shown.
-- reach: subject
-- retry: yes
-- time: long
with record as (
	(
		select viewed_at as at, 1 as kind, json_build_object('record', 'page_view', 'timestamp',
			to_char(viewed_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'name', name, 'url', url,
			'referrer', referrer) as record
		from page_view
		where subject_id = $1 and viewed_at > $2::timestamptz
		order by viewed_at limit $3::bigint
	)
	union all
	select n.enrolled_at, 2, json_build_object('record', 'enrollment', 'timestamp',
		to_char(n.enrolled_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'experiment', e.id,
		'alternative', n.alternative, 'source', n.source, 'last_seen',
		to_char(n.last_seen_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
	from enrolment as n left join experiment as e on e.nr = n.experiment
	where n.subject_id = $1
	union all
	select x.exposed_at, 3, json_build_object('record', 'exposure', 'timestamp',
		to_char(x.exposed_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'experiment', e.id,
		'alternative', x.alternative, 'forced', x.forced)
	from exposure as x left join experiment as e on e.nr = x.experiment
	where x.subject_id = $1
	union all
	select c.first_at, 4, json_build_object('record', 'conversion', 'timestamp',
		to_char(c.first_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'experiment', e.id,
		'alternative', c.alternative, 'goal', g.name, 'hits', c.hits, 'last_at',
		to_char(c.last_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
	from conversion as c left join experiment as e on e.nr = c.experiment
	left join goal as g on g.nr = c.goal
	where c.subject_id = $1
	union all
	select w.first_at, 5, json_build_object('record', 'waiting_goal', 'timestamp',
		to_char(w.first_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'experiment', e.id,
		'alternative', w.alternative, 'goal', g.name, 'hits', w.hits, 'expires_at',
		to_char(w.expires_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
	from waiting_goal as w left join experiment as e on e.nr = w.experiment
	left join goal as g on g.nr = w.goal
	where w.subject_id = $1
	union all
	select v.recorded_at, 6, json_build_object('record', 'goal_event', 'timestamp',
		to_char(v.recorded_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'goal', g.name,
		'event_id', v.event_id)
	from goal_event as v left join goal as g on g.nr = v.goal
	where v.subject_id = $1
	union all
	select m.assigned_at, 7, json_build_object('record', 'membership', 'timestamp',
		to_char(m.assigned_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'segmentation', s.id,
		'group', m.group_nr, 'source', m.source)
	from membership as m join segmentation as s on s.nr = m.segmentation
	where m.subject_id = $1
	union all
	select updated_at, 8, json_build_object('record', 'tag', 'timestamp',
		to_char(updated_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'scope', scope, 'key', key,
		'value', value)
	from tag
	where subject_id = $1
	union all
	select u.created_at, 9, json_build_object('record', 'upload_row', 'timestamp',
		to_char(u.created_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'upload', r.upload, 'row', r.line,
		'previous', r.previous)
	from upload_row as r join upload as u on u.nr = r.upload
	where r.subject = $1
)
select at as timestamp, record
from record
where at > $2::timestamptz
order by at
fetch first ($3::bigint) rows with ties
