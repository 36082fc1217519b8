-- The schema and its history, when they are not there yet.
-- reach: definitions
-- retry: yes
-- role: owner
do $$
begin
	create schema if not exists assay;
	create table if not exists assay.schema_migration (
		version integer primary key,
		name text not null,
		checksum text not null,
		applied_at timestamptz not null
	);
end
$$
