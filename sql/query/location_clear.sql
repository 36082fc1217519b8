-- Empties the table of address ranges, in the transaction that fills it again.
-- reach: definitions
-- retry: no
-- time: long
-- role: owner
delete from ip_location
