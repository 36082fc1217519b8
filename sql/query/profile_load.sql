-- Stores profiles of an import: for each subject of $1 the attributes in $2 (JSON texts) and the
-- terms in $3 (text[] literals), changed at $4. Of one subject the last counts; what is already so
-- is not written again; sorted, so that two batches cannot wait for each other. Audiences are left
-- to the refresh that ends an import. Until then import $5 of kind $6 (user, device) is on a list,
-- by which the jobs know of one that does not get there.
-- reach: subject
-- retry: yes
-- role: owner
with latest as (
	select distinct on (subject_id) subject_id, attributes, terms
	from unnest($1::text[], $2::text[], $3::text[])
		with ordinality as u (subject_id, attributes, terms, nr)
	order by subject_id, nr desc
), upserted as (
	insert into profile (subject_id, attributes, terms, changed_at)
	select subject_id, attributes::jsonb, terms::text[], $4::timestamptz from latest
		order by subject_id
	on conflict (subject_id) do update
	set attributes = excluded.attributes, terms = excluded.terms, changed_at = excluded.changed_at
	where profile.attributes <> excluded.attributes or profile.terms <> excluded.terms
	returning subject_id,
		case when octet_length(attributes ->> 'email') <= 254
			then lower((attributes ->> 'email') collate "C") end as email
), listed_import as (
	insert into bulk_import (id, kind, changed_at)
	select $5, $6, $4::timestamptz where exists (select from upserted)
	on conflict (id) do update set changed_at = excluded.changed_at
), arrived as materialized (
	select array_agg(subject_id) as subjects, array_agg(email) as emails
	from upserted where email is not null and $6 = 'user'
)
select (select count(*) from latest) as stored, (select count(*) from upserted) as changed,
	case when arrived.subjects is not null then preassigned_apply(arrived.subjects, arrived.emails,
		$4::timestamptz) end as placed
from arrived
