#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The style of a source file: short files of short functions, a licence line, a paragraph on the
purpose of each file, a comment at every public declaration, no unfinished work."""

import ast
import re

from tree import files, finish, lines, report

FILE, FUNCTION, WIDTH, DEPTH, PARAMETERS = 500, 60, 100, 4, 5
C = files("app/**/*.[ch]", "tests/unit/*.[ch]", "tests/fuzz/*.[ch]", "tests/bench/*.[ch]")
PYTHON = files("tests/**/*.py", "etc/**/*.py")
SHELL = files("etc/**/*.sh", "tests/**/*.sh", ".ci/*")
LATER = re.compile(r"\b(?:" + "|".join(["TO" "DO", "FIX" "ME", "X" "XX", "HA" "CK"]) + r")\b")
SKIP = re.compile(r"\b(?:pytest\.sk" r"ip|importorsk" r"ip|mark\.sk" r"ip\w*|x" r"fail|sk" r"ipTest"
                  r"|unittest\.sk" r"ip\w*)\b")


def check_text(path, text, width=WIDTH):
    if len(text) - 1 > FILE:
        report(path, FILE, f"{len(text) - 1} lines; a file has at most {FILE}")
    if text[-1] != "":
        report(path, len(text), "the last line does not end")
    for n, line in enumerate(text, 1):
        # What a script prints to be pasted must stay one line.
        if len(line.expandtabs(8)) > width and not line.startswith("curl "):
            report(path, n, f"{len(line.expandtabs(8))} columns; at most {width}")
        if line != line.rstrip():
            report(path, n, "blanks at the end")
        if LATER.search(line):
            report(path, n, "something was left for later")
        if "tests" in path.parts and SKIP.search(line):
            report(path, n, "a test that does not run proves nothing")


def check_licence(path, text):
    if not any("SPDX-License-Identifier: GPL-3.0-or-later" in line for line in text[:2]):
        report(path, 1, "no SPDX line")


def check_length(path, first, last, name):
    if last - first + 1 > FUNCTION:
        report(path, first, f"{name} has {last - first + 1} lines; at most {FUNCTION}")


def parameters(head):
    """Counts commas outside of inner parentheses."""
    depth = count = 0
    for char in head[head.index("("):]:
        depth += (char == "(") - (char == ")")
        count += char == "," and depth == 1
        if depth == 0:
            break
    return count + 1


def check_c_functions(path, text):
    """A function's name begins a line, and its body ends with a brace in the first column."""
    start = None
    for n, line in enumerate(text):
        match = re.match(r"^(\w+)\(", line)
        if match and not line.rstrip().endswith(";") and line[:1].islower():
            start, name = n, match.group(1)
            if parameters("".join(text[n:n + 5])) > PARAMETERS:
                report(path, n + 1, f"{name} has more than {PARAMETERS} parameters")
        if start is None:
            continue
        if re.match(r"^\t{%d}[^\t ]" % (DEPTH + 1), line):
            report(path, n + 1, f"{name} is more than {DEPTH - 1} levels deep")
        if re.search(r"\bgoto\b", re.sub(r'"[^"]*"|/\*.*', "", line)):
            report(path, n + 1, f"{name} uses goto")
        if line == "}":
            check_length(path, start + 1, n + 1, name)
            start = None


def check_source(path, text):
    if len(text) < 2 or not text[1].startswith("/*"):
        report(path, 2, "begin with a paragraph on what this file does")
    includes = [line for line in text if line.startswith("#include")]
    own = str(path.with_suffix(".h")).replace("app/", "", 1)
    if path.parts[0] == "app" and path.with_suffix(".h").is_file():
        if not includes or includes[0] != f'#include "{own}"':
            report(path, 3, f"its own header {own} comes first")


def check_header(path, text):
    guard = re.sub(r"[/.]", "_", str(path.relative_to("app"))).upper()
    if f"#ifndef {guard}" not in text[:3] or f"#define {guard}" not in text[:4]:
        report(path, 2, f"the guard is {guard}")
    for n, line in enumerate(text):
        if not re.match(r"^(?!typedef|extern|return|static inline)[a-z][\w \*]*\b\w+\(", line):
            continue
        above = n - 1
        while above >= 0 and text[above] and not text[above].rstrip().endswith("*/"):
            above -= 1
        if above < 0 or not text[above]:
            report(path, n + 1, "a function without a comment")


def check_python(path, text):
    tree = ast.parse("\n".join(text), str(path))
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            check_length(path, node.lineno, node.end_lineno, node.name)
    if not ast.get_docstring(tree):
        report(path, 2, "say in a docstring what this file is for")


def check_shell(path, text):
    start = None
    for n, line in enumerate(text, 1):
        match = re.match(r"^(\w+)\(\)", line)
        if match:
            start, name = n, match.group(1)
        if line in ("}", ")") and start is not None:
            check_length(path, start, n, name)
            start = None


for file in C + PYTHON + SHELL + files("app/**/*.def", "sql/*.awk", "etc/*.awk", "Makefile"):
    content = lines(file)
    check_text(file, content, 200 if file.suffix == ".def" else WIDTH)
    check_licence(file, content)
    if file.suffix == ".py":
        check_python(file, content)
    elif file in SHELL:
        check_shell(file, content)
    elif file.suffix in (".c", ".h"):
        check_c_functions(file, content)
        if file.suffix == ".c":
            check_source(file, content)
        elif file.parts[0] == "app":
            check_header(file, content)
for file in files("sql/**/*.sql", "templates/**/*.html", "templates/assets/*.css",
                  "templates/assets/*.js", "etc/*.conf", "etc/*.service"):
    check_text(file, lines(file), 200)
finish()
