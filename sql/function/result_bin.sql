-- SPDX-License-Identifier: GPL-3.0-or-later
-- The bin of a number of hits in result_histogram: itself up to 1,000, beyond that one bin for each
-- percent, so that nobody who hits a goal a million times makes a row of their own.
create or replace function result_bin(hits bigint)
returns bigint
language plpgsql immutable parallel safe
as $$
begin
	if hits <= 1000 then
		return hits;
	end if;
	return 1000 + ceil(ln(hits / 1000.0::double precision) / ln(1.01::double precision));
end
$$;

revoke execute on function result_bin from public;
grant execute on function result_bin to assay_app;
