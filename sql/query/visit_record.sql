-- Subject $1 visits; $2 whether sessions must be confirmed, at $3.
-- reach: subject
-- retry: yes
-- writes: yes
select visit_record($1, $2::boolean, $3::timestamptz)
