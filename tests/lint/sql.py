#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Queries state their purpose and which rows they reach, and use nothing that would keep the data
from being distributed over several machines by subject (the rules were found by trying)."""

import hashlib
import re

from tree import TOP, files, finish, line_of, report

KEYS = {
    "reach": {"subject", "all", "definitions", "local"},
    "retry": {"yes", "no"},
    "time": {"long"},
    "role": {"owner"},
    "writes": {"yes"},
}
COMMENT = re.compile(r"--[^\n]*")
BODY = re.compile(r"\$(\w*)\$[\s\S]*?\$\1\$")
SUBJECT = re.compile(r"\bsubject_id\s*=\s*(?:any\s*\(\s*)?\$\d"
                     r"|\binsert\s+into\s+\w+\s*\([^)]*\bsubject_id\b"
                     # functions about one subject, which is their first parameter
                     r"|\b(?:enrol|enrol_many|membership_assign|goal_hit|goal_hit_many|visit_record"
                     r"|subject_confirm"
                     r"|subject_incorporate|subject_erase|tag_put|membership_batch)"
                     r"\s*\(\s*\$\d",
                     re.I)
CHANCE = re.compile(r"\b(?:now|random|clock_timestamp|statement_timestamp|gen_random_uuid|nextval)"
                    r"\s*\(|\bcurrent_(?:timestamp|date|time)\b", re.I)
SPREAD = [
    (r"\bgrouping\s+sets\b|\bcube\s*\(|\brollup\s*\(", "grouping sets cannot be spread"),
    (r"\bwith\s+recursive\b(?![\s\S]*\bsubject_id\s*=\s*\$\d)", "recursion without a subject"),
    (r"\bmerge\s+into\b", "MERGE cannot be spread: use insert .. on conflict"),
    (r"\bset\s+subject_id\s*=", "a subject cannot move: delete and insert"),
]
# Functions that may do more than their caller, because the workers' role must not do it otherwise.
OWNER_RIGHTS = [
    "account_add", "account_disable", "account_rehash", "account_reset", "account_set_password",
    "account_set_role", "audit_forget", "key_change", "key_create", "key_revoke", "session_close",
    "session_close_all", "session_open", "session_seen", "sign_in_link_use"]
SCHEMA = [
    (r"\bcreate\s+(?:or\s+replace\s+)?(?:constraint\s+)?trigger\b", "no triggers"),
    (r"\b(?:small)?serial\b|\b(?:int|int2|int4|integer|smallint)\s+(?:not\s+null\s+)?generated\b",
     "identity is bigint only"),
    (r"\bcreate\s+(?:or\s+replace\s+)?function\s+[\w.]+\s*\(\s*\w[^;]*"
     r"\blanguage\s+'?sql\b", "no LANGUAGE sql with parameters: use plpgsql"),
    (rf"function\s+(?!(?:{'|'.join(OWNER_RIGHTS)})\b)\w+(?:(?!\$\$|;)[\s\S])*"
     r"\bsecurity\s+definer\b",
     "functions run with the rights of their caller; exceptions are listed in OWNER_RIGHTS"),
    (r"\bsecurity\s+definer\b(?!\s+set\s+search_path\b)",
     "the search_path of a function with the owner's rights must be fixed"),
]
# Query text in C: the shape of a statement, not a word that is also English.
STATEMENT = re.compile(r"\b(?:select\b.*\b(?:from|set_config|exists|nextval)\b|select\s+\d"
                       r"|insert\s+into\b|update\s+\w+\s+set\b|delete\s+from\b|truncate\s+\w+"
                       r"|(?:create|alter|drop)\s+(?:table|index|role|schema|function|view)\b"
                       r"|set\s+(?:local|session|role|search_path)\b|lock\s+table\b"
                       r"|\b(?:grant|revoke)\s+\w+\s+on\b|copy\s+\w+\s+(?:from|to)\b)", re.I | re.S)
FUNCTION = re.compile(r"\bcreate\s+(?:or\s+replace\s+)?function\s+(\w+)\s*\("
                      r"[\s\S]*?\$\$([\s\S]*?)\$\$", re.I)
CHANGE = re.compile(r"\b(?:insert\s+into|delete\s+from|update\s+\w+)\s", re.I)
CALL = re.compile(r"\b(\w+)\s*\(")
LITERAL = re.compile(r'"((?:[^"\\\n]|\\.)*)"')


def check_head(path, text):
    head = []
    for line in text.split("\n"):
        if not line.startswith("--"):
            break
        head.append(line)
    keys = {}
    for n, line in enumerate(head, 1):
        match = re.match(r"^-- ([a-z]+): (\w+)$", line)
        if match is None:
            continue
        key, value = match.groups()
        if value not in KEYS.get(key, ()):
            report(path, n, f"`{key}: {value}` means nothing")
        if key in keys:
            report(path, n, f"`{key}` is said twice")
        keys[key] = value
    if not head or re.match(r"^--\s*(?:\w+: \w+)?$", head[0]):
        report(path, 1, "the first line must say what the query is for")
    for key in ("reach", "retry"):
        if key not in keys:
            report(path, 1, f"the head must say `-- {key}: {' | '.join(sorted(KEYS[key]))}`")
    return keys


def writers():
    """Functions of the schema that change rows, by themselves or by others that they call."""
    bodies = {}
    for path in files("sql/migration/*.sql", "sql/function/*.sql"):
        for match in FUNCTION.finditer(COMMENT.sub("", path.read_text())):
            bodies[match[1]] = match[2]
    found, before = {n for n, b in bodies.items() if CHANGE.search(b)}, None
    while found != before:
        before = set(found)
        found |= {n for n, b in bodies.items() if found & set(CALL.findall(b))}
    return found


def check_shapes(path, sql, shapes):
    for shape, why in shapes:
        for match in re.finditer(shape, sql, re.I):
            report(path, line_of(sql, match.start()), why)
    for match in re.finditer(r"\bon\s+conflict\b[^;]*", sql, re.I):
        hit = CHANCE.search(match.group())
        if hit:
            report(path, line_of(sql, match.start() + hit.start()),
                   "a clock or chance in ON CONFLICT: pass a parameter")


# Self-checks are rows of experiment without an id, and no list may show them.
# They are not found by an id, nor through audience_job, where they have no row.
NOT_FOUND = re.compile(r"(?<!left join )\baudience_job\b", re.I)
READS = re.compile(r"\b(?:from|join|update|using)\s+experiment\b(?:\s+as\s+(\w+))?", re.I)


def check_selfcheck(path, text):
    code = COMMENT.sub("", text)
    for match in READS.finditer(code):
        # "$1 is null or id = $1" finds all of them.
        by_id = any(not re.search(r"\bis\s+null\s+or\s*$", code[:found.start()], re.I)
                    for found in re.finditer(
                        rf"(?<![\w.])(?:{match[1]}\.)?id\s*(?:=|>|in\b)", code, re.I))
        said = NOT_FOUND.search(code) or re.search(r"\bself-?check", text, re.I)
        if not by_id and not said:
            report(path, line_of(code, match.start()),
                   "reads experiment: leave out self-checks (selfcheck is null), or say in the "
                   "head why they may be there")


def check_query(path, used):
    text = path.read_text()
    sql = COMMENT.sub("", text)
    reach = check_head(path, text).get("reach")
    check_shapes(path, sql, SPREAD)
    check_locks(path, sql)
    check_selfcheck(path, text)
    if reach == "subject" and not SUBJECT.search(sql):
        report(path, 1, "reach subject: constrain subject_id by a parameter, or insert it")
    lock = re.search(r"\bfor\s+(?:no\s+key\s+)?(?:update|share)\b", sql, re.I)
    one = r"\bsubject_id\s*=\s*\$\d" if reach == "subject" else r"\b(?:id|nr)\s*=\s*\$\d"
    # A job takes whatever is due: it never waits for a row, so it cannot wait in a circle.
    waits = lock and not re.search(r"\bskip\s+locked\b", sql, re.I)
    if waits and reach != "local" and not re.search(one, sql):
        report(path, line_of(sql, lock.start()), "lock one subject (or definition) at a time")
    calls = WRITERS & set(CALL.findall(sql))
    if calls and not CHANGE.search(sql) and not re.search(r"^-- writes: yes$", text, re.M):
        report(path, 1, f"{min(calls)}() writes: the head must say `-- writes: yes`")
    if path.stem not in used:
        report(path, 1, f"no code runs QUERY_{path.stem}")


def check_source(path):
    """String literals that stand next to each other are one text."""
    text = re.sub(r"/\*[\s\S]*?\*/", lambda m: re.sub(r"[^\n]", " ", m.group()), path.read_text())
    joined = re.sub(r'"[ \t]*\\?\n[ \t]*"', lambda m: " " * len(m.group()), text)
    for match in LITERAL.finditer(joined):
        if STATEMENT.search(match.group(1)):
            report(path, line_of(text, match.start()), "query text in C: it belongs to sql/query")


# A lock of two keys: its class is a word; of one key: a hash of a text.
BARE_LOCK = [
    (r"\bpg_(?:try_)?advisory_(?:xact_)?(?:un)?lock(?:_shared)?\s*\("
     r"\s*(?!lock_class\s*\(|hashtext)[^)\s]",
     "a bare advisory lock: name its class by lock_class()"),
    (r"\bclassid\s*=\s*\d", "a bare lock class: name it by lock_class()"),
    (r"\b47021\d\d\b", "a bare lock class: name it by lock_class()"),
]
LOCK_HEADER = TOP / "app/store/db/lock.h"
LOCK_FUNCTION = TOP / "sql/function/lock_class.sql"
README = TOP / "sql/README.md"


def check_locks(path, code):
    for shape, why in BARE_LOCK:
        for match in re.finditer(shape, code):
            report(path, line_of(code, match.start()), why)
    for match in re.finditer(r"\block_(?:class|wait_holders)\s*\(\s*'(\w+)'\s*\)", code):
        if match[1] not in LOCKS:
            report(path, line_of(code, match.start()), f"there is no lock class {match[1]}")


def lock_classes():
    """Class -> number as the function has them; the header and the README say the same."""
    classes = dict(re.findall(r"when '(\w+)' then return (\d+);", LOCK_FUNCTION.read_text()))
    header = {n.lower(): v for n, v in
              re.findall(r"\bLOCK_(\w+) = (\d+)", LOCK_HEADER.read_text())}
    told = dict(re.findall(r"^\| (\w+) \| (\d{7}) \|", README.read_text(), re.M))
    for path, others in ((LOCK_HEADER, header), (README, told)):
        if others != classes:
            report(path, 1, f"the lock classes are not those of {LOCK_FUNCTION}")
    if len(set(classes.values())) < len(classes):
        report(LOCK_FUNCTION, 1, "two lock classes have one number")
    return classes


def check_frozen():
    """A migration that others may have applied stays as it is."""
    listed = TOP / "sql/migration/frozen"
    if not listed.is_file():
        return
    for n, line in enumerate(listed.read_text().splitlines(), 1):
        digest, name = line.split()
        path = TOP / "sql/migration" / name
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            report(path, 1, "a frozen migration has been changed: write a new one")


WRITERS = writers()
LOCKS = lock_classes()
check_frozen()
sources = files("app/**/*.[ch]")
names = {n for p in sources for n in re.findall(r"\bQUERY_(\w+)", p.read_text())}
for query in files("sql/query/*.sql"):
    check_query(query, names)
for script in files("sql/migration/*.sql", "sql/function/*.sql", "sql/view/*.sql"):
    code = COMMENT.sub("", script.read_text())
    if script != LOCK_FUNCTION:
        check_locks(script, code)
    if script.parent.name != "migration" and not re.search(
            rf"^create or replace (?:function|view) {script.stem}\b", code, re.M):
        report(script, 1, f"must create or replace {script.stem}")
    if script.parent.name == "function" and not re.search(
            rf"^revoke execute on function {script.stem} from public;", code, re.M):
        report(script, 1, "must revoke the rights of public")
    check_shapes(script, code, SPREAD)
    if script.parent.name != "migration":
        check_selfcheck(script, script.read_text())
    # heads of functions without what is in them
    check_shapes(script, BODY.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), code), SCHEMA)
    if not re.match(r"^\d{4}_[a-z0-9_]+$", script.stem) and script.parent.name == "migration":
        report(script, 1, "a migration is named 0001_what.sql")
# The files as they were embedded, and the one builder: fragments and parameter numbers.
ALLOWED = [TOP / "app/store/db/query.c", TOP / "app/core/audience/criteria_sql.c"]
for source in sources:
    if source not in ALLOWED:
        check_source(source)
    if source != LOCK_HEADER:
        check_locks(source, source.read_text())
finish()
