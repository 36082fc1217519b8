-- Definitions as experiment_list has them, in an order that is built in, with only those
-- conditions that are asked for: one that may be left out hides from the planner that the index of
-- the order is what to read.
-- reach: definitions
-- retry: yes
select * from experiment_shown as e where true /* criteria */
