-- What a look-up needs of subject $1: its directory entry, the audiences it is in, and the
-- generation of the definitions at which this was read.
-- reach: subject
-- retry: yes
select (select definitions from cache_epoch) as generation,
	coalesce((
		select jsonb_agg(jsonb_build_array(experiment, version))
		from audience where subject_id = $1
	), '[]') as audience,
	(select attributes from profile where subject_id = $1) as attributes
