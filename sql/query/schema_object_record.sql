-- Records that function or view $1, whose text has the digest $2, was applied at $3.
-- reach: definitions
-- retry: no
-- role: owner
insert into assay.schema_object (name, digest, applied_at) values ($1, $2, $3::timestamptz)
on conflict (name) do update set digest = excluded.digest, applied_at = excluded.applied_at
