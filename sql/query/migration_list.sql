-- The history of the schema, oldest first.
-- reach: definitions
-- retry: yes
-- role: owner
select version, checksum from assay.schema_migration order by version
