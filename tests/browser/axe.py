# SPDX-License-Identifier: GPL-3.0-or-later
"""axe-core, which checks pages for accessibility: one version, fetched once into build/ by npm and
verified by its checksum; only tests use it."""

import hashlib
import subprocess

from stack import TOP

VERSION = "4.10.3"
SUM = "880970c081707360e64f34cea25ff91892f5bc95675b0776925b9709dd8a68bb"
PREFIX = TOP / "build/npm"
FILE = PREFIX / "node_modules/axe-core/axe.min.js"

# Scripts of the driver are not subject to the Content-Security-Policy of the page.
RUN = """
const done = arguments[arguments.length - 1];
axe.run(document, {preload: false, resultTypes: ["violations"]}).then(
    r => done(r.violations.map(v => [v.impact, v.id, v.help, v.nodes.map(n => n.html)])),
    e => done([["critical", "axe", String(e), []]]));
"""


def source():
    """The text of axe-core. The lock keeps two test processes from installing it at once."""
    PREFIX.mkdir(parents=True, exist_ok=True)
    subprocess.run(["flock", PREFIX / "lock", "sh", "-c",
                    f'[ -f "{FILE}" ] || npm install --prefix "{PREFIX}" --no-save --no-audit '
                    f"--no-fund --ignore-scripts axe-core@{VERSION}"],
                   check=True, capture_output=True, timeout=1200)
    data = FILE.read_bytes()
    assert hashlib.sha256(data).hexdigest() == SUM, f"{FILE} is not axe-core {VERSION}"
    return data.decode()


def serious(driver, text):
    """What axe calls serious or critical on the page, as lines to read."""
    driver.execute_script(text)
    driver.set_script_timeout(300)
    return [f"{impact}: {rule}: {why}: {nodes[:3]}"
            for impact, rule, why, nodes in driver.execute_async_script(RUN)
            if impact in ("serious", "critical")]
