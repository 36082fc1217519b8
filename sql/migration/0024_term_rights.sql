-- SPDX-License-Identifier: GPL-3.0-or-later
-- Functions on terms are for those who compare profiles, and look nowhere else for what they call.

alter function term_number(text) set search_path from current;
revoke execute on function term_number, term_instant from public;
grant execute on function term_number, term_instant to assay_app;
