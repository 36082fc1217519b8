-- The history of the schema, oldest first.
-- reach: definitions
-- retry: yes
-- role: owner
select version, name, checksum from assay.schema_migration order by version
