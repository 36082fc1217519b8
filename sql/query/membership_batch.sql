-- Puts rows of a file into groups of segmentation $1: of lines $2 the users $3, e-mail addresses
-- $4, names of groups $5, and why a row has failed already $6; by $7 at $8. What moved somebody or
-- failed is kept with upload $9 (null: nowhere). Tells all but those who were there before, with
-- the tags of context $10 (null: none are needed). Sorted, so that two cannot wait for each other.
-- reach: subject
-- retry: no
-- time: long
with placed as materialized (
	select nr, outcome, subject, group_nr, group_name, previous, reason
	from membership_batch($1::bigint, $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[],
		$7, $8::timestamptz)
), recorded as (
	insert into upload_row (upload, line, outcome, subject, previous, reason)
	select $9::bigint, nr, outcome, subject, previous, reason from placed
	where $9 is not null and outcome in ('changed', 'failed')
)
select d.nr, d.outcome, d.subject, d.group_nr, d.group_name, d.reason,
	case when $10::text is not null and d.outcome in ('added', 'changed') then (
		select jsonb_agg(jsonb_build_array(t.scope, t.key, t.value)) from tag as t
		where t.subject_id = d.subject and t.scope in ('global', $10)
	) end as tags
from placed as d
where d.outcome <> 'present'
order by d.nr
