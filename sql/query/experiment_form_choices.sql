-- What a form of an experiment lets choose from: layers by id with their free slots, goals by
-- name; at most $1 of each.
-- reach: definitions
-- retry: yes
select (
		select jsonb_agg(x) from (
			select l.id, 10000 - coalesce((
				select sum(upper(s.slots) - lower(s.slots)) from layer_slot as s
				where s.layer = l.nr), 0) as free
			from layer as l order by l.id limit $1::bigint) as x) as layers, (
		select jsonb_agg(x.name) from (
			select g.name from goal as g where g.retired_at is null
			order by g.name limit $1::bigint) as x) as goals
