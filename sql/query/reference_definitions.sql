-- The definitions whose rules or criteria refer to $1, but for its own: groups of segmentations,
-- criteria of experiments. Self-checks have none.
-- reach: definitions
-- retry: yes
select 'segmentation' as kind, nr, id, groups as definition from segmentation
where $1::text = any (referenced_ids) and id <> $1::text
union all
select 'experiment', nr, id, criteria from experiment
where $1::text = any (referenced_ids) and id <> $1::text
order by id
