-- Fails unless the server's clock is before $1 (microseconds since 1970): in the transaction of a
-- write, as its last statement, it keeps a write from being committed that its client has given
-- up. Tells the clock.
-- reach: local
-- retry: yes
select deadline_check($1::bigint) as deadline_clock
