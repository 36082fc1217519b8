-- Announces at $2 that experiment $1 is being counted; token is null while somebody writes.
-- reach: definitions
-- retry: yes
select result_begin($1::bigint, $2::timestamptz) as token
