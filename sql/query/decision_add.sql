-- Keeps at $14 what was decided of alternative $3 of experiment $1 in goal $2; what was decided before
-- stands. A worker whose clock is ahead takes a day for whole that is not: only the clock of the
-- server, which books the days, makes a decision stand.
-- reach: definitions
-- retry: yes
insert into decision (experiment, goal, alternative, crossed, day, decided_on, information, z, bound,
	difference, low, high, alpha, decided_at)
select e.nr, g.nr, $3::integer, $4::boolean, $5::date, $6::date, $7::double precision,
	$8::double precision, $9::double precision, $10::double precision, $11::double precision,
	$12::double precision, $13::double precision, $14::timestamptz
from experiment as e join goal as g on g.name = $2
where e.id = $1
	and $6::date < ((transaction_timestamp() - interval '1 minute') at time zone 'UTC')::date
on conflict do nothing
