-- Stores profiles: for each subject of $1 the attributes in $2 (JSON texts) and the terms in $3
-- (JSON arrays), changed at $4. Then they leave and join audiences: of the experiments $5, which
-- were decided for all of them, the subjects $6 are in $7. Stores nothing, and changed is null,
-- when the definitions are not of generation $8 any more: decide again. What is already so is not
-- written again. Whoever was assigned by an e-mail address that has a profile now is placed.
-- Sorted, so that two batches cannot wait for each other.
-- reach: subject
-- retry: yes
with writer as materialized (
	select generation, generation = $8::bigint as current from audience_write_lock()
), upserted as (
	insert into profile (subject_id, attributes, terms, changed_at)
	select v.subject_id, v.attributes::jsonb,
		array(select jsonb_array_elements_text(v.terms::jsonb)), $4::timestamptz
	from unnest($1::text[], $2::text[], $3::text[]) as v (subject_id, attributes, terms), writer
	where writer.current
	order by v.subject_id
	on conflict (subject_id) do update
	set attributes = excluded.attributes, terms = excluded.terms, changed_at = excluded.changed_at
	where profile.attributes <> excluded.attributes
	returning subject_id,
		case when octet_length(attributes ->> 'email') <= 254
			then lower((attributes ->> 'email') collate "C") end as email
), counted as materialized (
	select count(*) as changed,
		array_agg(subject_id) filter (where email is not null and left(subject_id, 2) = 'u:')
			as subjects,
		array_agg(email) filter (where email is not null and left(subject_id, 2) = 'u:')
			as emails
	from upserted
)
select writer.generation, case when writer.current then counted.changed end as changed,
	case when writer.current
		then audience_replace($1::text[], $5::bigint[], $6::text[], $7::bigint[]) end,
	case when counted.subjects is not null then preassigned_apply(counted.subjects,
		counted.emails, $4::timestamptz) end as placed
from writer, counted
