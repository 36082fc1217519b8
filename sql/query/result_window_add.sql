-- Notes at $3 by which windows the ledger has to have participants: those of the goals that an
-- experiment names, and, where it names none, of all goals in use, if it is not over; not in
-- self-checks, which count everybody. $1: of this experiment only, $2: of this goal only (null: of
-- all). $4: the experiment has no participants yet, so there is nothing that the jobs would add.
-- reach: definitions
-- retry: yes
insert into result_window (experiment, hours, added_at, built_at)
select distinct e.nr, g.window_to, $3::timestamptz,
	case when $4::boolean then $3::timestamptz end
from experiment as e
join goal as g on g.window_to is not null and case
	when jsonb_typeof(e.goals) = 'array' and e.goals <> '[]' then e.goals ? g.name
		or e.goals @> jsonb_build_array(jsonb_build_object('name', g.name))
	else g.retired_at is null and (e.state <> 0
		or not exists (select 1 from result_ledger as l where l.experiment = e.nr)) end
where e.selfcheck is null and ($1::text is null or e.id = $1) and ($2::text is null or g.name = $2)
	and not exists (select 1 from result_window as w
		where w.experiment = e.nr and w.hours = g.window_to)
order by e.nr, g.window_to
on conflict do nothing
