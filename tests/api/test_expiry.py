# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs delete expired rows and keep younger ones."""

import pytest

from lookups import new_id, submit
from uploads import make

# One web server is enough: what is looked at are rows.
pytestmark = pytest.mark.parametrize("stack", ["lighttpd"], indirect=True)

SESSION = ("insert into session (hash, account, csrf, created_at, seen_at) "
           "select sha256('{mark}'), min(id), '{mark}', now() - interval '{created}', "
           "now() - interval '{seen}' from account")
LINK = ("insert into sign_in_link (hash, account, expires_at) "
        "select sha256('{mark}'), min(id), now() - interval '{age}' from account")
THROTTLE = ("insert into sign_in_throttle (kind, key, failures, failed_at) "
            "values ('pair', sha256('{mark}'), 1, now() - interval '{age}')")
ANSWER = ("insert into idempotency (actor, key, request_hash, answer, created_at) "
          "values ('key:x', '{mark}', 'x', '1', now() - interval '{age}')")
CONFIRMED = "insert into confirmed values ('s:{mark}', now() - interval '{age}')"
PREASSIGNED = ("insert into preassigned "
               "(email, segmentation, slot, group_nr, overlap, assigned_at) "
               "select '{mark}', nr, 0, 0, false, now() - interval '{age}' from segmentation "
               "where id = '{seg}'")
DONE = ("with added as (insert into upload (segmentation, created_at, done_at) select nr, now() - "
        "interval '{age}', now() - interval '{age}' from segmentation where id = '{seg}' "
        "returning nr) insert into upload_row (upload, line, outcome, reason) "
        "select nr, line, 'failed', '{mark}' from added, generate_series(1, 12000) as line")
WAITING = ("with added as (insert into upload (segmentation, created_at) select nr, "
           "now() - interval '{age}' from segmentation where id = '{seg}' returning nr) "
           "insert into upload_row (upload, line, outcome, reason) "
           "select nr, 1, 'failed', '{mark}' from added")
CASES = {
    "session that is idle": (SESSION, "session", "hash",
                             {"created": "1 hour", "seen": "31 minutes"},
                             {"created": "1 hour", "seen": "20 minutes"}),
    "session that is old": (SESSION, "session", "hash", {"created": "13 hours", "seen": "1 minute"},
                            {"created": "11 hours", "seen": "1 minute"}),
    "link": (LINK, "sign_in_link", "hash", {"age": "1 minute"}, {"age": "-1 hour"}),
    "throttle": (THROTTLE, "sign_in_throttle", "key", {"age": "25 hours"}, {"age": "23 hours"}),
    "answer": (ANSWER, "idempotency", "key", {"age": "25 hours"}, {"age": "23 hours"}),
    "confirmed": (CONFIRMED, "confirmed", "subject_id", {"age": "91 days"}, {"age": "89 days"}),
    "preassigned": (PREASSIGNED, "preassigned", "email", {"age": "401 days"}, {"age": "399 days"}),
    "file that is done": (DONE, "upload_row", "reason", {"age": "91 days"}, {"age": "89 days"}),
    "file never done": (WAITING, "upload_row", "reason", {"age": "91 days"}, {"age": "89 days"}),
}


@pytest.mark.parametrize("name", CASES)
def test_expired_rows_are_deleted_and_younger_ones_stay(stack, name):
    insert, table, column, old, young = CASES[name]
    seg, gone, kept = make(stack), new_id("old"), new_id("young")
    stack.sql(insert.format(mark=gone, seg=seg, **old))
    stack.sql(insert.format(mark=kept, seg=seg, **young))

    def there(mark):
        value = "sha256(convert_to(%s, 'utf8'))" if column == "hash" or name == "throttle" else "%s"
        mark = "s:" + mark if table == "confirmed" else mark
        return stack.sql(f"select count(*) from {table} where {column} = {value}", mark)[0][0] > 0
    assert there(gone) and there(kept)
    stack.assay("jobs", "--once")
    assert (there(gone), there(kept)) == (False, True)
    if table == "upload_row":
        assert stack.sql("select count(*) from upload as u join segmentation as s "
                         "on s.nr = u.segmentation where s.id = %s", seg) == [(1,)]


def test_a_session_stays_confirmed_as_long_as_it_is_enrolled(stack):
    mark, exp = new_id("session"), submit(stack, "a")
    stack.sql(CONFIRMED.format(mark=mark, age="91 days"))
    stack.sql("insert into enrolment (subject_id, experiment, alternative, allocation, source, "
              "enrolled_at) select %s, nr, 0, 0, 'drawn', now() from experiment where id = %s",
              "s:" + mark, exp)
    stack.assay("jobs", "--once")
    assert stack.sql("select 1 from confirmed where subject_id = %s", "s:" + mark) == [(1,)]


def test_configured_retention_is_used(stack):
    seg, mark = make(stack), new_id("mark")
    stack.sql(PREASSIGNED.format(mark=mark, seg=seg, age="3 days"))
    stack.sql(WAITING.format(mark=mark, seg=seg, age="3 days"))
    stack.assay("jobs", "--once", ASSAY_PREASSIGNED_DAYS="4", ASSAY_UPLOAD_DAYS="4")
    left = ("select (select count(*) from preassigned where email = %s), "
            "(select count(*) from upload_row where reason = %s)")
    assert stack.sql(left, mark, mark) == [(1, 1)]
    stack.assay("jobs", "--once", ASSAY_PREASSIGNED_DAYS="2", ASSAY_UPLOAD_DAYS="2")
    assert stack.sql(left, mark, mark) == [(0, 0)]
