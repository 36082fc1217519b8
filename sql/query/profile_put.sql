-- Stores profiles: for each subject of $1 the attributes in $2 (JSON texts) and the terms in $3
-- (JSON arrays), changed at $4. In the same statement they leave and join audiences: of the
-- experiments $5, which were decided for all of them, the subjects $6 are in $7. What is already so is not written again. Sorted, so that two batches
-- cannot wait for each other.
-- reach: subject
-- retry: yes
with put as (
	insert into profile as p (subject_id, attributes, terms, changed_at)
	select v.subject_id, v.attributes::jsonb,
		array(select jsonb_array_elements_text(v.terms::jsonb)), $4::timestamptz
	from unnest($1::text[], $2::text[], $3::text[]) as v (subject_id, attributes, terms)
	order by v.subject_id
	on conflict (subject_id) do update
	set attributes = excluded.attributes, terms = excluded.terms, changed_at = excluded.changed_at
	where p.attributes <> excluded.attributes
	returning 1
), matched as (
	select m.subject_id, e.nr, e.audience
	from unnest($6::text[], $7::bigint[]) as m (subject_id, nr)
	join experiment as e on e.nr = m.nr and e.audience > 0
), left_out as (
	delete from audience as a using experiment as e
	where a.subject_id = any ($1::text[]) and e.nr = any ($5::bigint[])
		and a.experiment = e.nr and a.version = e.audience
		and not exists (
			select from matched as m where m.subject_id = a.subject_id and m.nr = a.experiment
		)
	returning 1
), joined as (
	insert into audience (subject_id, experiment, version)
	select subject_id, nr, audience from matched order by subject_id, nr
	on conflict do nothing
	returning 1
)
select (select count(*) from put) as changed
