-- Imports that have not been heard of since $1 may have been killed: the definitions in effect
-- over what they changed are mapped again from $2 (now) on. One that stores another batch is on
-- the list again.
-- reach: definitions
-- retry: yes
-- role: owner
with silent as (
	select id from bulk_import where changed_at < $1::timestamptz for update skip locked
), deleted as (
	delete from bulk_import as b using silent as s where b.id = s.id returning b.kind
), due as (
	update audience_job as j set due_at = $2::timestamptz
	from experiment as e
	where e.nr = j.nr and e.status = 'ACTIVE'
		and exists (select from deleted as g where starts_with(e.criteria ->> 'type', g.kind))
	returning j.nr
)
select count(*) as again from due
