-- The experiments that rules of segmentations or of experiments refer to.
-- reach: definitions
-- retry: yes
select nr, id, alternatives from experiment
where id in (
	select unnest(referenced_ids) from segmentation
	union select unnest(referenced_ids) from experiment
)
