-- Erases subject $1 everywhere and says how many rows of each kind are gone.
-- reach: subject
-- retry: yes
-- time: long
with page_views as (
	delete from page_view where subject_id = $1 returning 1
), profiles as (
	delete from profile where subject_id = $1 returning 1
), audiences as (
	delete from audience where subject_id = $1 returning 1
)
select (select count(*) from page_views) as page_views,
	(select count(*) from profiles) as profile,
	(select count(*) from audiences) as audiences
