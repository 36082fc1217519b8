-- Waits for writers of exposures that may not know windows of before; false: not all of them ended.
-- reach: all
-- retry: yes
-- role: owner
-- time: long
select result_window_wait() as waited
