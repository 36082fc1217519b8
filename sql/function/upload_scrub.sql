-- SPDX-License-Identifier: GPL-3.0-or-later
-- Blanks out rows that name a user, by a field or by the case-folded e-mail address, in files that
-- are not done yet, byte for byte. Fields may be separated by commas, semicolons, tabs or bars,
-- and a spreadsheet's apostrophe may precede an id. A job locks the file that it reads: this waits
-- for it.
create or replace function upload_scrub(name text, address text)
returns void
language plpgsql
set search_path from current
as $$
declare
	-- What may stand around a field, or in one, becomes a comma on both sides.
	marks text := '";|' || chr(9) || chr(13);
	guard text := case when left(name, 1) in ('=', '+', '-', '@', '''') then '''' else '' end;
	plain text := ',' || translate(guard || name, marks, ',,,,,') || ',';
	quoted text := ',' || translate(guard || replace(name, '"', '""'), marks, ',,,,,') || ',';
	bare text := ',' || translate(name, marks, ',,,,,') || ',';
	mail text := ',' || translate(address, marks, ',,,,,') || ',';
begin
	update upload as u
	set erasure_count = u.erasure_count + 1, content = (
		select string_agg(case when w.n > 1 and (position(plain in f.fields) > 0
				or position(quoted in f.fields) > 0 or position(bare in f.fields) > 0
				or position(mail in lower(f.fields collate "C")) > 0)
			then repeat(' ', octet_length(w.line)) else w.line end, p.mark order by w.n)
		from unnest(string_to_array(u.content, p.mark)) with ordinality as w (line, n)
		cross join lateral (select ',' || translate(w.line, marks, ',,,,,') || ',') as f (fields)
	)
	from (
		select i.nr, case when position(chr(10) in rtrim(i.content, chr(10))) > 0
			then chr(10) else chr(13) end as mark
		from upload as i where i.done_at is null and i.content is not null
	) as p
	where u.nr = p.nr and u.done_at is null and (position(name in u.content) > 0
		or position(replace(name, '"', '""') in u.content) > 0
		or position(address in lower(u.content collate "C")) > 0);
end
$$;

revoke execute on function upload_scrub from public;
grant execute on function upload_scrub to assay_app;
