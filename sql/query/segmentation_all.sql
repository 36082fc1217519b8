-- What a worker needs of every segmentation.
-- reach: definitions
-- retry: yes
select nr, id, context, type, active, salt, groups from segmentation order by id
