-- SPDX-License-Identifier: GPL-3.0-or-later
-- A database from before the first release, as far as `assay migrate` looks at it: the history of its
-- schema, and one of its tables with a row.

create schema assay authorization assay_owner;
set role assay_owner;

create table assay.schema_migration (
	version integer primary key,
	name text not null,
	checksum text not null,
	applied_at timestamptz not null
);

insert into assay.schema_migration (version, name, checksum, applied_at) values
	(1, '0001_page_view',
	'6276905adf4183fab17a327b0103995d399b1d56a233727f1ad31d847b82eb6e', '2026-01-01Z'),
	(2, '0002_directory',
	'c4471730061e4385f305c55e34a08ed1bbf859e74f1f38349847a9dcffb70c0a', '2026-01-01Z'),
	(3, '0003_mapping',
	'008e29525f8c84379aa82e5e9e439f69f59b1aa2c2d9f3491005ef40f429d76f', '2026-01-01Z'),
	(4, '0004_enrolment',
	'0158772992e712e4057d55bbdabf491a580b99d0082ab363e8b068f102c58ca1', '2026-01-01Z'),
	(5, '0005_layer',
	'4473558238ddf610f09485cc0a92bb75da6c38ff16b28ed38c673f8167d1d3e5', '2026-01-01Z'),
	(6, '0006_enrol',
	'7319ce2b136a8b825f4df4387ca80a0ce42c47978dff1612a5f0d1cd57b3d1c8', '2026-01-01Z'),
	(7, '0007_goal_count',
	'a665ddc437cd2db5c693958ca2d630b27196f5908c77e0a2d1661a48b85206c3', '2026-01-01Z'),
	(8, '0008_person',
	'52d48bbb23160be993445056eb0219275313f17993f943304691a55cb8f340ca', '2026-01-01Z'),
	(9, '0009_segmentation',
	'bdda905417307f2d9b9ff82d9891db8a1e1d3231f25c1f447c31116998096d48', '2026-01-01Z'),
	(10, '0010_account',
	'091532df013d41db9f40cc4c21a967d29b1f742c19bdae9918c8ce5e6fa522f8', '2026-01-01Z'),
	(11, '0011_upload',
	'eb4e613223152ae73b4c91c19db97520c62f79640a9f96dfaafdab413de78e66', '2026-01-01Z'),
	(12, '0012_page_view_at',
	'd1c0b91a0eb5543326e9f5dd7926cbdc9630d49bca7f8cad59d0ce43c87ade16', '2026-01-01Z'),
	(13, '0013_page_view_hour',
	'0c566cbfc0d324fb3ed88396a4ba34a8fbd2a99b4f0dad2538cdac6ede2ecfdf', '2026-01-01Z'),
	(14, '0014_experiment_order',
	'a4b4cd532e5da6053420ee82693ec0356ecd189e46bf11e04d60b660fc583c9d', '2026-01-01Z');

create table assay.page_view (
	subject_id text collate "C" not null,
	at timestamptz(3) not null,
	name text not null,
	url text,
	referrer text,
	constraint page_view_once primary key (subject_id, at)
);

insert into assay.page_view values ('u:somebody', '2026-01-01Z', 'home', null, null);
