# SPDX-License-Identifier: GPL-3.0-or-later
"""Hostile texts, and the check that a page which shows one of them is intact."""

from selenium.common.exceptions import NoAlertPresentException

TEXTS = {
    "script": "<script>alert(1)</script>",
    "image": "<img src=x onerror=alert(2)>\"'><svg onload=alert(3)>",
    "out of a place": "</title></textarea></pre></svg><script src=//evil.example></script>",
    "attribute": "\" autofocus onfocus=alert(4) x=\"' onclick='alert(5)",
    "address": "javascript:alert(6)//../..?a=b&c=d#e",
    "template": "{{{page.csrf}}} {{> head.html}} {{=<% %>=}} &lt;b&gt; &amp;",
    "right to left": "\u202emoc.live\u2066 \u05d0\u05d1\u05d2 \u200f!",
    "one word": "W" * 200,
    "high": "e" + "\u0301" * 90 + "\U0001f600",
}
BROKEN = """
return [document.documentElement.scrollWidth > innerWidth && "too wide",
    document.querySelectorAll("main script, main img, main [onclick], main [onfocus], main svg svg")
        .length > 0 && "markup got in",
    document.querySelectorAll("h1").length !== 1 && "not one heading",
    !document.querySelector("footer") && "no end", document.dir].filter(x => x);
"""


def no_script_ran(browser):
    """A script that the policy stopped is on the console; one that ran has opened a dialog."""
    try:
        said = browser.driver.switch_to.alert.text
    except NoAlertPresentException:
        said = None
    assert said is None
    assert browser.complaints() == []
    assert browser.driver.execute_script(BROKEN) == []
