-- The right to replace the table of address ranges, until the transaction ends; mine is false when
-- somebody else has it. The transaction may wait for its file.
-- reach: definitions
-- retry: no
-- role: owner
select pg_try_advisory_xact_lock(hashtext('assay.ip_location')) as mine,
	set_config('idle_in_transaction_session_timeout', '0', true)
