-- The functions and views as they were applied last.
-- reach: definitions
-- retry: yes
-- role: owner
select name, digest from assay.schema_object
