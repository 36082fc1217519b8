-- The schema and its history, when they are not there yet. A database that has them is not
-- changed.
-- reach: definitions
-- retry: yes
-- role: owner
do $$
begin
	if to_regclass('assay.schema_migration') is null then
		create schema if not exists assay;
		create table assay.schema_migration (
			version integer primary key,
			name text not null,
			checksum text not null,
			applied_at timestamptz not null
		);
	end if;
end
$$
