#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two rules that every statement of sql/ must follow by itself. The ledger: a statement that writes
exposure or conversion writes result_delta, too. Citus: a statement about subjects can be run where
the rows of subjects are spread over machines and definitions are plain tables of the coordinator;
the rules were found by running them there. Statements that break a rule today are counted in
STILL, which may only shrink: a number that is too high is a finding, too."""

import collections
import re

from tree import TOP, files, finish, line_of, report

COUNTS = ("exposure", "conversion")
# What writes them without a delta: rows of experiments that are gone with their results.
NO_DELTA = {"deleted_experiment_reap"}
SETTINGS = TOP / "sql/query/connection_settings.sql"

# By rule: each file, and how often it breaks it when that is more than once.
STILL = {
    "empty": """
        activity_record():2 audience_add_changed audience_claim audience_recompute_imported
        audience_remove_erased audience_replace() confirmed_expire():2 criteria_unreadable
        deleted_experiment_reap():4 enrol() enrol_many() experiment_add experiment_auto_create
        experiment_change:4 experiment_delete:4 experiment_end experiment_set_alternatives
        experiment_state experiment_status goal_hit_many():2 key_origin_known
        layer_assign:2 layer_slot_assign() location_add lock_wait_holders() membership_batch()
        overview_warnings:2 page_view_activity() page_view_add page_view_add_one
        page_view_hour_count page_view_partitions() preassigned_apply() profile_load
        result_recount_claim segmentation_add segmentation_change:3 segmentation_delete():2
        sign_in_claim():2 subject_is_bot() subject_known:12 unconfirmed_count:3 upload_claim
        upload_expire visit_record()
    """,
    "function": """
        activity_record() criteria_unreadable:2 enrol_many() experiment_change exposure_add()
        membership_batch page_view_add page_view_add_one profile_load profile_put:3
        exposure_confirm() result_count():2 result_fold() result_read result_recount:3
        result_withdraw():2 subject_erase() subject_incorporate_experiment():2 waiting_goal_replay()
    """,
    "subject": """
        activity_record():6 confirmed_expire():4 deleted_experiment_reap():3 enrol_many():3
        goal_hit_many():2 membership_batch():4 membership_check_overlap() page_view_activity()
        preassigned_apply() preassigned_apply_late() result_count():4 result_fold():2
        segmentation_delete() upload_forget()
    """,
    "mixed": """
        activity_record():3 audience_delete_unused audience_replace():2
        deleted_experiment_reap():3 enrol() enrolment_list experiment_change:7
        goal_hit_many():2 membership_batch overview_numbers page_view_activity()
        page_view_hour_count plan_traffic profile_load result_fold():3 subject_export:10
        subject_known unconfirmed_count:3
    """,
    "lateral": """
        group_export_page:2 membership_batch() result_stamp
    """,
    "ctid": """
        deleted_experiment_reap() result_stamp
    """,
    "copy": """
        activity_record() audience_fill audience_replace() enrol_many():2 goal_hit_many()
        membership_batch() page_view_add preassigned_apply() profile_put
    """,
    "row_count": """
        subject_incorporate()
    """,
}

WHY = {
    "counts": "writes what results count without result_delta in the same statement",
    "generic": "ask for pg_dist_partition before generic plans are forced",
    "empty": "an empty select list: say `select 1 from`",
    "function": "calls {} beside a table of subjects: it would run on another machine",
    "subject": "{} without `subject_id = variable` (a lock) or `= any (variable)`",
    "mixed": "a table of subjects ({}) and one of definitions ({}) in one join, exists or change: "
             "read one of them in a `with .. as materialized`",
    "lateral": "lateral over a table of subjects",
    "ctid": "ctid means nothing where rows are spread",
    "copy": "insert .. select into {} from other rows than those of its subject",
    "row_count": "row_count is wrong after insert .. select .. on conflict",
    "interval": "a column and an interval in a change of rows of subjects: pass the time",
}

TABLE = re.compile(r"\bcreate\s+table\s+(\w+)\s*\(([\s\S]*?)\n\)", re.I)
BODY = re.compile(r"\$\$([\s\S]*?)\$\$")
USE = re.compile(r"\b(from|join|into|update|using|from\s+\w+(?:\s+as\s+\w+)?\s*,)"
                 r"\s+(?:only\s+)?(?:assay\.)?(\w+)\b", re.I)
CTE = re.compile(r"\b(\w+)\s+as\s+(?:(?:not\s+)?materialized\s+)?\(", re.I)
WRITE = r"\b(?:insert\s+into|update|delete\s+from|merge\s+into|truncate)\s+(?:only\s+)?(?:assay\.)?"
VARIABLE = r"(?:\$\d+|\w+)(?:::\w+(?:\[\])?)?(?![\w.(])"
LOCK = re.compile(r"\bfor\s+(?:no\s+key\s+|key\s+)?(?:update|share)\b", re.I)


# Rows that are written with those of a subject, and lie where these do, though they do not name it.
BESIDE = {"result_delta"}


def blank(match):
    return re.sub(r"[^\n]", " ", match.group())


def clean(text):
    """Without comments and the contents of literals, every character in its place."""
    text = re.sub(r"--[^\n]*", blank, text)
    return re.sub(r"'[^'\n]*'", lambda m: "'" + " " * (len(m.group()) - 2) + "'", text)


def tables():
    """(tables of subjects, others) as the migrations make them."""
    subjects, others = set(), set()
    for path in files("sql/migration/*.sql"):
        for name, columns in TABLE.findall(path.read_text()):
            own = re.search(r"^\s*subject_id\b", columns, re.M) or name in BESIDE
            (subjects if own else others).add(name)
    return subjects, others


def statements(path, text):
    """(offset, statement) of a query, or of each statement in the body of a function."""
    if path.parent.name != "function":
        yield 0, text
        return
    for body in BODY.finditer(text):
        at = body.start(1)
        # A loop and a condition end a statement of PL/pgSQL as a semicolon does.
        for piece in re.split(r"(;|\bloop\b|^\s*(?:if|elsif)\b[^;]*?\bthen\s*\n)", body[1],
                              flags=re.I | re.M):
            yield at, piece
            at += len(piece)


class Query:
    """A query inside a statement: its text without the queries in it, every character in place."""

    def __init__(self, start, above, lead):
        self.start, self.above, self.lead, self.own, self.uses = start, above, lead, "", []

    def inside(self, word):
        """Whether this query or one around it comes after the word, as in `exists (`."""
        return re.search(rf"\b{word}\s*$", self.lead, re.I) is not None or (
            self.above is not None and self.above.inside(word))

    def names(self, some):
        return [name for _, _, name in self.uses if name in some]


def queries(text):
    """The queries of a statement: what stands in parentheses and begins with select or a change."""
    now = Query(0, None, "")
    found, ends, depth = [now], [], 0
    for i, c in enumerate(text):
        if c == "(" and re.match(r"\s*(?:select|with|insert|update|delete)\b", text[i + 1:], re.I):
            now.own += c
            now = Query(i + 1, now, text[max(0, i - 40):i])
            found.append(now)
            ends.append(depth)
            depth = 0
            continue
        if c == ")" and depth == 0 and ends:
            now.above.own += " " * (i - now.start)
            now, depth = now.above, ends.pop()
        elif c in "()":
            depth += 1 if c == "(" else -1
        now.own += c
    return found


class Statement:
    def __init__(self, text):
        self.text, self.queries = text, queries(text)
        named = {n.lower() for n in CTE.findall(text)}
        for query in self.queries:
            query.uses = [(query.start + u.start(2), u[1].lower(), u[2])
                          for u in USE.finditer(query.own) if u[2] not in named]
        self.uses = [(*use, query) for query in self.queries for use in query.uses]
        self.about_subjects = any(name in SUBJECTS for _, _, name, _ in self.uses)


def of_subject(query):
    """Whether its rows are those of subjects that variables name; a lock needs a single one."""
    return re.search(r"\bsubject_id\s*=\s*(?!any\b)" + VARIABLE, query.own, re.I) or (
        not LOCK.search(query.own)
        and re.search(r"\bsubject_id\s*=\s*any\s*\(\s*[\w$.:]", query.own, re.I))


def check_uses(one, in_function, say):
    """Each use of a table in a statement about subjects."""
    first = next(name for _, _, name, _ in one.uses if name in SUBJECTS)
    for at, how, name, query in one.uses:
        if name in SUBJECTS:
            if in_function and how != "into" and not of_subject(query):
                say("subject", at, name)
            if query.inside("lateral"):
                say("lateral", at)
            above = query.above.names(OTHERS) if query.above else []
            if above and query.inside("exists"):
                say("mixed", at, name, above[0])
        elif name in OTHERS:
            beside = query.names(SUBJECTS)
            if how in ("into", "update") or beside or any(
                    query.inside(word) for word in ("exists", "lateral")):
                say("mixed", at, (beside or [first])[0], name)


def check_changes(one, say):
    """Changes of rows of subjects: where new rows come from, and times."""
    for at, how, name, query in one.uses:
        rest = query.own[at - query.start:]
        if name not in SUBJECTS or how not in ("into", "update"):
            continue
        source = re.match(r"\w+(?:\s+as\s+\w+)?\s*\([^)]*\)\s*select\s+", rest, re.I)
        if (how == "into" and source and name not in BESIDE
                and re.search(r"\bfrom\b", rest, re.I)):
            named = re.match(VARIABLE + r"\s*,", rest[source.end():])
            reads = [n for a, _, n in query.uses if a > at and n in SUBJECTS]
            if not of_subject(query) and (reads or not named):
                say("copy", at, name)
        changed = rest if how == "update" else "".join(
            re.findall(r"\bon\s+conflict\b[\s\S]*", rest, re.I))
        if re.search(r"(?:\b\w+\.\w+|\w_at)\s*[+-]\s*interval\b", changed, re.I):
            say("interval", at)


def check(text, name, in_function, say):
    one = Statement(text)
    for change in re.finditer(WRITE + rf"({'|'.join(COUNTS)})\b", text, re.I):
        if not re.search(r"\binsert\s+into\s+result_delta\b", text, re.I):
            say("counts", change.start())
    for empty in re.finditer(r"\bselect\s+from\b", text, re.I):
        say("empty", empty.start())
    if not one.about_subjects:
        return
    for word in re.finditer(r"\bctid\b", text, re.I):
        say("ctid", word.start())
    for call in CALL.finditer(text):
        if call[1] in FUNCTIONS:
            say("function", call.start(), call[1] + "()")
    check_uses(one, in_function, say)
    check_changes(one, say)


def check_dynamic(path, raw, say):
    """Statements made at run time, of which only words are seen."""
    if not re.search(r"\bexecute\s+(?:format|')", raw):
        return
    body = re.sub(r"--[^\n]*", blank, raw)
    for word in re.finditer(r"'[^']*\bctid\b", body):
        say("ctid", word.start())
    for word in re.finditer(rf"'[^']*\b({'|'.join(COUNTS)})\b", body):
        if path.stem not in NO_DELTA:
            say("counts", word.start())


def check_file(path):
    """[(rule, line, words)] of a query or a function."""
    raw, hits = path.read_text(), []
    text, in_function = clean(raw), path.parent.name == "function"
    for start, statement in statements(path, text):
        check(statement, path.stem, in_function, lambda rule, at, *words: hits.append(
            (rule, line_of(text, start + at), WHY[rule].format(*words))))
        if re.search(r"\binsert\s+into\s+(\w+)[\s\S]*\bselect\b[\s\S]*\bon\s+conflict\b", statement,
                     re.I) and Statement(statement).about_subjects:
            after = text[start + len(statement):]
            if re.match(r";\s*get\s+diagnostics\b[^;]*\brow_count\b", after, re.I):
                hits.append(("row_count", line_of(text, start), WHY["row_count"]))
    if path == SETTINGS and "force_generic_plan" in raw and "pg_dist_partition" not in raw:
        hits.append(("generic", 1, WHY["generic"]))
    check_dynamic(path, raw, lambda rule, at: hits.append((rule, line_of(raw, at), WHY[rule])))
    return hits


def name_of(path):
    return path.stem + ("()" if path.parent.name == "function" else "")


def still():
    """{(rule, path): how often it breaks the rule today}"""
    paths = {name_of(path): path for path in CHECKED}
    allowed = {}
    for rule, words in STILL.items():
        for word in words.split():
            name, _, number = word.partition(":")
            if name in paths:
                allowed[rule, paths[name]] = int(number or 1)
            else:
                report(SELF, 1, f"STILL of `{rule}` names {name}, which is gone")
    return allowed


def judge(hits):
    """Reports what is not in STILL, and what is in it without need."""
    found = collections.Counter((rule, path) for path, rule, _, _ in hits)
    allowed = still()
    for path, rule, line, why in hits:
        if found[rule, path] > allowed.get((rule, path), 0):
            report(path, line, why)
    for (rule, path), number in allowed.items():
        if found[rule, path] < number:
            report(path, 1, f"breaks the rule `{rule}` {found[rule, path]} times: lower the "
                   f"{number} of STILL")


SELF = TOP / "tests/lint/statements.py"
SUBJECTS, OTHERS = tables()
FUNCTIONS = {path.stem for path in files("sql/function/*.sql")}
CALL = re.compile(r"\b(\w+)\s*\(")
CHECKED = files("sql/function/*.sql", "sql/query/*.sql")
judge([(path, *hit) for path in CHECKED for hit in check_file(path)])
finish()
