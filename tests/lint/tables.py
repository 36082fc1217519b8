#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables of the program against the rest: every route is called by an API test, every view
exists, every fuzz target has its corpus, and the references of configuration and commands match
the tables."""

import ast
import re
import subprocess

from tree import TOP, files, finish, line_of, report

ROUTES = TOP / "app/handler/routes.def"
ROUTE = re.compile(r'^(?:ROUTE|JOINT|OFREP)\("([A-Z]+)", "([^"]*)", (?:[^",]+, ){5}'
                   r'(?:(?:NULL|"([^"]+)"), )?"', re.M)
CONFIGURATION = "etc/conf_doc.awk", "app/base/conf.def", "etc/assay.conf"
HOLE = "\0"  # stands for what a test computes, within a path


def text_of(node):
    """The text that an expression gives, with holes; None when it is no text at all."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(text_of(v) if isinstance(v, ast.Constant) else HOLE for v in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Mod)):
        left, right = text_of(node.left), text_of(node.right)
        if left is None and right is None:
            return None
        if isinstance(node.op, ast.Mod):
            return re.sub("%[sd]", HOLE, left or "")
        return (HOLE if left is None else left) + (HOLE if right is None else right)
    return None


def texts(node, inner):
    """The texts below node, without those of functions within it (inner collects these)."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.FunctionDef, ast.ClassDef)):
            inner.append(child)
            for decorator in child.decorator_list:
                yield from texts(ast.Expr(decorator), inner)
            continue
        text = text_of(child)
        if text is not None:
            yield text
        else:
            if isinstance(child, ast.Attribute) and child.attr in HTTP_VERBS:
                yield child.attr.upper()  # requests.get(..)
            yield from texts(child, inner)


HTTP_VERBS = {"get", "post", "put", "patch", "delete", "head", "options"}


def scopes(tree):
    """The sets of texts that are named together: one function with its decorators, or one
    statement outside of functions."""
    for statement in tree.body:
        todo = []
        holder = ast.Module(body=[statement], type_ignores=[])
        yield set(texts(holder, todo))
        while todo:
            node = todo.pop()
            yield set(texts(node, todo)) | {t for d in node.decorator_list
                                            for t in texts(ast.Expr(d), [])}


def pattern_of(path):
    """What names a route: its path with or without /v1 behind an address, arguments filled with
    anything, and a query or nothing behind."""
    parts = ["[^/?]+" if p.startswith(":") else re.escape(p) for p in path.split("/")]
    return re.compile(rf"^(?:{HOLE}|http://[^/]*)?(?:/v1)?{'/'.join(parts)}(?:\?.*|{HOLE})?$")


def check_routes():
    text = ROUTES.read_text()
    rows = list(ROUTE.finditer(text))
    if len(rows) != len(re.findall(r"^(?:ROUTE|JOINT|OFREP)\(", text, re.M)):
        report(ROUTES, 1, "a row that this check cannot read: keep one row a line")
    named = []
    for path in files("tests/api/**/*.py"):
        named += scopes(ast.parse(path.read_text(), str(path)))
    for row in rows:
        method, path, view = row.groups()
        fits = pattern_of(path)
        if not any(method in s and any(fits.match(t) for t in s) for s in named):
            report(ROUTES, line_of(text, row.start()), f"no api test calls {method} {path}")
        if view and not (TOP / "templates" / view).is_file():
            report(ROUTES, line_of(text, row.start()), f"there is no templates/{view}")


def check_keys():
    """docs/configuration.md is what its script makes; the script itself refuses a key that
    etc/assay.conf does not explain, or gives another default."""
    made = subprocess.run(["awk", "-v", "part=markdown", "-f", *CONFIGURATION], cwd=TOP,
                          capture_output=True, text=True)
    page = TOP / "docs/configuration.md"
    if made.returncode != 0:
        for line in made.stderr.splitlines():
            path, number, why = line.split(":", 2)
            report(path, number, why.strip())
    elif not page.is_file() or page.read_text() != made.stdout:
        report(page, 1, "is not current: run `make docs/configuration.md` and commit it")


def check_manual():
    """assay(1) describes the commands and options that --help does, and no others."""
    page = TOP / "etc/assay.1.scd"
    main = (TOP / "app/main.c").read_text()
    usage = main[main.index("} commands[] = {"):]
    usage = usage[:usage.index("\n};")]
    manual = page.read_text().replace("*", "")
    option = re.compile(r"--[a-z][a-z-]+")
    told, known = set(option.findall(manual)), set(option.findall(usage))
    for name in sorted(known - told):
        report(page, 1, f"does not describe {name}, which --help does")
    for name in sorted(told - known - {"--help", "--version"}):
        report(page, 1, f"describes {name}, which --help does not")
    for name in re.findall(r'^ *\{"([a-z]+)", command_', usage, re.M):
        if not re.search(rf"^{name}\b", manual, re.M):
            report(page, 1, f"does not describe the command {name}")


def check_corpora():
    """A fuzz target begins from the corpus of its name, and each corpus has a target."""
    fuzz = TOP / "tests/fuzz"
    targets = {path.name[:-len("_fuzz.c")] for path in fuzz.glob("*_fuzz.c")}
    corpora = {path.name for path in (fuzz / "corpus").glob("*") if any(path.glob("*"))}
    for name in sorted(targets - corpora):
        report(fuzz / f"{name}_fuzz.c", 1, f"has no corpus, tests/fuzz/corpus/{name}")
    for name in sorted(corpora - targets):
        report(fuzz / "corpus" / name, 1, f"has no target, tests/fuzz/{name}_fuzz.c")


check_routes()
check_corpora()
check_keys()
check_manual()
finish()
