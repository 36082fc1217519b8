-- Another bound for the statements that follow on this connection, in milliseconds.
-- reach: local
-- retry: yes
select set_config('statement_timeout', $1, false)
