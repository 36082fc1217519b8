-- The experiment whose sums are to be compared with its rows at $1: the one that was compared
-- longest ago, once a day. No row when one was compared within the day.
-- reach: definitions
-- retry: no
-- role: owner
update result_ledger as l set recounted_at = $1::timestamptz
where l.experiment = (
	select o.experiment from result_ledger as o order by o.recounted_at nulls first, o.experiment
	limit 1 for update skip locked
) and not exists (
	select from result_ledger as o where o.recounted_at > $1::timestamptz - interval '1 day'
)
returning l.experiment
