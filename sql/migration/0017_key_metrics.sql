-- Keys that read the metrics and can do nothing else.
alter table api_key drop constraint api_key_kind;
alter table api_key add constraint api_key_kind
	check (kind in ('client', 'server', 'admin', 'metrics'));
