-- Session $1 has turned out to be human, at $2.
-- reach: subject
-- retry: yes
-- writes: yes
select subject_confirm($1, $2::timestamptz)
