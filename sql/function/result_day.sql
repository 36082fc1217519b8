-- SPDX-License-Identifier: GPL-3.0-or-later
-- The day on which the ledger books what this transaction changes: the UTC date of its start, never
-- a time that a caller gives, so the sums of a day stand one minute after its end. assay simulate,
-- which rolls its transactions back, sets the day by assay.simulated_day.
create or replace function result_day()
returns date
language plpgsql stable
as $$
begin
	return coalesce(nullif(current_setting('assay.simulated_day', true), '')::date,
		(transaction_timestamp() at time zone 'UTC')::date);
end
$$;

revoke execute on function result_day from public;
grant execute on function result_day to assay_app;
