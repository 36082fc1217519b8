-- What a worker needs of every experiment that is in effect, and of those that are over while
-- everybody still sees another alternative than control; of self-checks if $1.
-- reach: definitions
-- retry: yes
select nr, id, name, criteria, data, start_date::text as start, end_date::text as end, state,
	default_alternative, alternatives, traffic, salt, audience_version, audience_generation, status,
		allocation, selfcheck, experiment_visibility(e.visibility, e.criteria) as visibility, (
		select jsonb_build_object('id', l.id, 'unit', l.unit, 'salt', l.salt, 'slots', (
			select jsonb_agg(jsonb_build_array(lower(s.slots), upper(s.slots) - 1))
			from layer_slot as s where s.experiment = e.nr))
		from layer as l where l.nr = e.layer) as layer
from experiment as e where (selfcheck is null or $1::boolean) and (status = 'ACTIVE'
	or (status in ('STOPPED', 'INACTIVE') and coalesce(default_alternative, 'control') <> 'control'))
order by nr
