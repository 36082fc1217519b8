-- The bound of the statements that follow in this transaction, in milliseconds; 0: none.
-- reach: local
-- retry: yes
select set_config('statement_timeout', $1, true)
