-- Makes layer $1 of subjects of kind $2, with salt $3 and description $4, at $5; no row when it
-- exists.
-- reach: definitions
-- retry: no
insert into layer (id, unit, salt, description, created_at)
values ($1, $2, $3, $4, $5::timestamptz)
on conflict (id) do nothing
returning nr
