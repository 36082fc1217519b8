-- SPDX-License-Identifier: GPL-3.0-or-later
-- Of the experiments decided, all of which have an audience in effect or none, the given subjects
-- are in exactly those that (matched, experiments) name, pairwise; self-checks have no audience. The caller holds the rows of
-- the profiles.
create or replace function audience_replace(subjects text[], decided bigint[], matched text[],
	experiments bigint[])
returns void
language plpgsql
set search_path from current
as $$
begin
	delete from audience as a using experiment as e
	where a.subject_id = any (subjects) and e.nr = any (decided)
		and a.experiment = e.nr and a.version = e.audience_version
		and not exists (
			select from unnest(matched, experiments) as m (subject_id, nr)
			where m.subject_id = a.subject_id and m.nr = a.experiment
		);
	insert into audience (subject_id, experiment, version)
	select m.subject_id, e.nr, e.audience_version
	from unnest(matched, experiments) as m (subject_id, nr)
	join experiment as e on e.nr = m.nr and e.audience_version > 0
	order by m.subject_id, e.nr
	on conflict do nothing;
end
$$;

revoke execute on function audience_replace from public;
grant execute on function audience_replace to assay_app;
