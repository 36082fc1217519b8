-- Announces at $2 that experiment $1 is about to be counted: a version to keep the counts by, null
-- while somebody writes; or the counts, if somebody else has just kept them.
-- reach: definitions
-- retry: yes
-- writes: yes
-- time: long
select result_version, data, counted_at from result_begin($1::bigint, $2::timestamptz)
