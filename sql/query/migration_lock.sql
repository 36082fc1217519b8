-- One migrator at a time; held until the connection closes. Migrations may take their time.
-- reach: local
-- retry: no
-- time: long
-- role: owner
select set_config('lock_timeout', '0', false), pg_advisory_lock(hashtextextended('assay.migration',
	0))
