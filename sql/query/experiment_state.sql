-- Sets state $2 of definition $1 (version $3, null: any) at $4, and its default alternative $5
-- unless that is null. State 0 stamps its end, leaving it clears the stamp;
-- so does each state but 1 the time since when nobody new takes part; a stop keeps that.
-- reach: definitions
-- retry: no
with changed as (
	update experiment
	set state = $2::integer, default_alternative = coalesce($5, default_alternative),
		ended_at = case when $2::integer = 0 then coalesce(ended_at, $4::timestamptz) end,
		closed_at = case when $2::integer <> 1 or status = 'STOPPED'
			then coalesce(closed_at, $4::timestamptz) end,
		updated_at = $4::timestamptz, version = version + 1
	where id = $1 and ($3::bigint is null or version = $3::bigint)
	returning nr
), generation as (
	update cache_epoch set definitions = definitions + 1 where exists (select from changed)
)
select nr from changed
