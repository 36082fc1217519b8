# SPDX-License-Identifier: GPL-3.0-or-later
"""Comparisons of numbers, numeric texts and dates in every form, by SQL and by the evaluator."""

import criteria_model
from lookups import new_id

VALUES = [9007199254740993, 9007199254740992, "9007199254740993", 10, "10", "9", "09", -0.5,
          "-5e-1", 1557815003923, "1557815003", 1e9, 999999999, "2019-05-14 06:23:28.923+00",
          "2019-05-14 06:23:28", "2019-05-14T11:53:28+0530", "2019-05-14 10:55:27:201+0000",
          "2019-05-14", "soon", True]
BOUNDS = [9007199254740993, "10", 9.5, "2019-05-14", "2019-05-14 06:23:28.923+00", "so"]


def test_comparisons_go_by_value(stack):
    mark = new_id("m")
    rows = [{"user_id": f"{mark}-{n}", "mark": mark, "v": v} for n, v in enumerate(VALUES)]
    stack.call("POST", "/v1/users", json=rows)
    for bound in BOUNDS:
        for op in ("<", "<=", ">", ">="):
            criteria = {"type": "user", "filters": {"mark": mark, "v": {op: bound}}}
            found = stack.call("POST", "/v1/experiment/preview", key="admin",
                               json={"criteria": criteria}).json()
            wanted = sum(criteria_model.holds(criteria, row) for row in rows)
            assert found["result"]["matched"] == wanted, (op, bound, wanted, found)
