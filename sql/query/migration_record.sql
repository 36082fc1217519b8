-- Records a migration in its own transaction.
-- reach: definitions
-- retry: no
-- role: owner
insert into assay.schema_migration (version, name, checksum, applied_at)
values ($1::integer, $2, $3, $4::timestamptz)
