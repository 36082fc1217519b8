-- Wakes this connection when a definition is to be mapped.
-- reach: local
-- retry: yes
-- role: owner
listen assay_job
