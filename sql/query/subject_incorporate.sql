-- Session $1 has turned out to be user $2, at $3.
-- reach: subject
-- retry: no
-- writes: yes
select moved, dropped, page_views from subject_incorporate($1, $2, $3::timestamptz)
