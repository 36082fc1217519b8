# SPDX-License-Identifier: GPL-3.0-or-later
"""The access log line is written after the answer was sent, so it must not use memory that was
freed with the answer."""

import re

import pytest

from stack import wait_until


def access_line(stack, request_id):
    found = re.search(rf"^.* event=request id={request_id} .*$", stack.log(), re.M)
    return found and found.group()


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "PUT", "OPTIONS"])
def test_the_access_line_names_the_method_of_the_request(stack, user, method):
    for i in range(10):
        request_id = f"{user}-{i}"
        stack.call(method, f"/v1/user/{user}", headers={"X-Request-Id": request_id})
        line = wait_until(lambda: access_line(stack, request_id), what="the access line")
        assert f" method={method} " in line
