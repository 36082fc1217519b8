-- The newest migration that the database has seen.
-- reach: definitions
-- retry: yes
select coalesce(max(version), 0) as version from assay.schema_migration
