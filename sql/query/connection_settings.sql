-- Settings of every connection, made once when it opens: bounds that the server keeps as well, and
-- plans: made once, for to plan the profile costs more than to run it; and by index, for a
-- partition that was analysed while empty would be scanned by these plans for long after it has
-- filled. No jit, which takes what cannot go by index for expensive then. Citus plans most
-- statements only with values. Which backend it is, and its clock in microseconds, for deadlines.
-- reach: local
-- retry: yes
select set_config('search_path', 'assay, pg_temp', false),
	set_config('timezone', 'UTC', false),
	set_config('datestyle', 'ISO', false),
	set_config('client_encoding', 'UTF8', false),
	set_config('statement_timeout', $1, false),
	set_config('lock_timeout', '500', false),
	set_config('idle_in_transaction_session_timeout', '5000', false),
	set_config('client_connection_check_interval', '1000', false),
	set_config('client_min_messages', 'warning', false),
	set_config('plan_cache_mode', case when to_regclass('pg_catalog.pg_dist_partition') is null
		then 'force_generic_plan' else 'auto' end, false),
	set_config('enable_seqscan', 'off', false),
	set_config('jit', 'off', false),
	pg_backend_pid() as pid, (extract(epoch from clock_timestamp()) * 1000000)::bigint as clock,
	(select backend_start::text from pg_stat_get_activity(pg_backend_pid())) as started
