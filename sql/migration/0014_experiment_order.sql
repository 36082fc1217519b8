-- The orders in which definitions are listed, each with the number behind it, which tells those apart
-- that are equal: a page begins by the index wherever it is. Names go without regard to the case of
-- A to Z, which no version of a locale changes.
create index experiment_by_name on experiment (lower(name collate "C"), nr);
create index experiment_by_created on experiment (created_at, nr);
create index experiment_by_updated on experiment (updated_at, nr);
create index experiment_by_start on experiment (start_date, nr);
