-- Definitions (experiment_shown), newest first, below number $1 (null: from the newest): of status
-- $2, state $3, client $4, with $5 in id or name; null leaves a filter out. At most $6.
-- reach: definitions
-- retry: yes
select *
from experiment_shown as e
where e.nr < coalesce($1::bigint, 9223372036854775807)
	and ($2::text is null or e.status = $2)
	and ($3::integer is null or e.state = $3::integer)
	and ($4::text is null or e."expData" ->> 'client' = $4)
	and ($5::text is null or strpos(lower(e."expId"), lower($5)) > 0
		or strpos(lower(e."expName"), lower($5)) > 0)
order by e.nr desc
limit $6::bigint
