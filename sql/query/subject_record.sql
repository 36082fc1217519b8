-- What a decision needs of subject $1: its directory entry, the audiences and enrolments that it
-- is in, and the generation of the definitions at which this was read. place: of client address
-- $2, as location_find; null without one.
-- reach: subject
-- retry: yes
select (select definitions from cache_epoch) as generation,
	coalesce((
		select jsonb_agg(jsonb_build_array(experiment, version))
		from audience where subject_id = $1
	), '[]') as audience,
	coalesce((
		select jsonb_agg(jsonb_build_array(experiment, alternative, source <> 'drawn'))
		from enrolment where subject_id = $1
	), '[]') as enrolments,
	coalesce((
		select jsonb_agg(jsonb_build_array(segmentation, group_nr))
		from membership where subject_id = $1
	), '[]') as memberships,
	coalesce((
		select jsonb_agg(jsonb_build_array(scope, key, value))
		from tag where subject_id = $1
	), '[]') as tags,
	(select attributes from profile where subject_id = $1) as attributes,
	(
		select l.place
		from (
			select place, last from ip_location
			where first <= $2::inet order by first desc limit 1
		) as l
		where l.last >= $2::inet
	) as place
