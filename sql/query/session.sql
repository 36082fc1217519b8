-- Settings of every connection, made once when it opens: bounds that the server keeps as well.
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
	set_config('client_min_messages', 'warning', false)
