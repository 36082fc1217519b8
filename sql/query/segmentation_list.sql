-- Segmentations, and experiments as such, in order of id behind $1 (null: from the first), of
-- context $2 and type $3 (null: any). At most $4. No more of either is read than a page needs.
-- reach: definitions
-- retry: yes
select * from (
	(
		select s.id, s.context, s.type, s.name, s.description, s.groups, s.overlap, s.active,
			s.parameters, s.created_at, s.updated_at
		from segmentation as s
		where s.id > coalesce($1::text, '') and ($2::text is null or s.context = $2)
			and ($3::text is null or s.type = $3)
		order by s.id limit $4::bigint
	)
	union all
	(
		select e.id, 'global', 'experiment', e.name, e.description, (
				select jsonb_agg(jsonb_build_object('id', a -> 'id', 'name', a -> 'name') order by n)
				from jsonb_array_elements(e.alternatives) with ordinality as t (a, n)),
			false, e.status = 'ACTIVE', '{}'::jsonb, e.created_at, e.updated_at
		from experiment as e
		where e.id > coalesce($1::text, '') and coalesce($2::text, 'global') = 'global'
			and coalesce($3::text, 'experiment') = 'experiment'
		order by e.id limit $4::bigint
	)
) as s
order by id
limit $4::bigint
