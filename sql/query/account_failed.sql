-- A sign-in as $1 from address $2 has failed at $3: after 5 failures the account waits 1, 2, 4 .. 60 s.
-- reach: definitions
-- retry: no
with account_row as (
	update account
	set failures = failures + 1, blocked_until = case when failures + 1 >= 5
		then $3::timestamptz + least(60, power(2, least(failures - 4, 6))) * interval '1 second' end
	where name = $1
)
insert into sign_in_try as t (address, since, failures) values ($2, $3::timestamptz, 1)
on conflict (address) do update
set since = case when t.since > $3::timestamptz - interval '15 minutes'
		then t.since else excluded.since end,
	failures = case when t.since > $3::timestamptz - interval '15 minutes'
		then t.failures + 1 else 1 end
