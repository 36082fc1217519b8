-- Page views of the last hour, for the overview: ranges of blocks by time, which cost an insert nothing
-- to speak of, because views are stored nearly in order of time.
create index page_view_at on page_view using brin (viewed_at) with (pages_per_range = 32, autosummarize = on);
