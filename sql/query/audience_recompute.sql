-- Has the definitions in effect with criteria of kind $2 (user, device) mapped again from $1 (now)
-- on, as their profiles have changed in bulk, by import $3. One that is being mapped at this
-- moment is waited for, or the end of that would take the wish back.
-- reach: definitions
-- retry: yes
-- time: long
-- role: owner
with unlimited_wait as materialized (
	select set_config('lock_timeout', '0', true) as done
), deleted_import as (
	delete from bulk_import where id = $3
), due as (
	update audience_job as j set due_at = $1::timestamptz
	from unlimited_wait, experiment as e
	where e.nr = j.nr and e.status = 'ACTIVE' and starts_with(e.criteria ->> 'type', $2)
		and unlimited_wait.done is not null
	returning j.nr
)
select count(*) as again, pg_notify('assay_job', '') from due
