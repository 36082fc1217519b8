-- Deletes segmentation $1 with its members (version $2, null: any) unless something uses it, if
-- the definitions are of generation $3: what came later would not be seen. No row when they are
-- not.
-- reach: definitions
-- retry: no
-- writes: yes
select gone from segmentation_delete($1, $2::bigint, $3::bigint)
