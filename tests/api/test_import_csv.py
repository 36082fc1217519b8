# SPDX-License-Identifier: GPL-3.0-or-later
"""CSV as spreadsheets write it, from files and pipes: variants are read, and a broken record costs
one line."""

import pytest

from imports import Feed, load, stored
from lookups import new_id
from stack import Stack

LONG = 1 << 20


@pytest.fixture(scope="module")
def stack():
    s = Stack("lighttpd")
    yield s
    s.stop()


@pytest.fixture
def prefix():
    return new_id("p")


def save(tmp_path, text, name="some.csv"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


QUIRKS = {
    "user_id,a\n{0}-1,b\n{0}-2,c": {"1": {"a": "b"}, "2": {"a": "c"}},
    "user_id,a\r\n{0}-1,b\r\n{0}-2,c\r\n": {"1": {"a": "b"}, "2": {"a": "c"}},
    "user_id,a\r{0}-1,b\r{0}-2,c\r": {"1": {"a": "b"}, "2": {"a": "c"}},
    "\ufeffuser_id,a\n{0}-1,b\n": {"1": {"a": "b"}},
    '\ufeff"user_id","a b"\n"{0}-1","b"\n': {"1": {"a b": "b"}},
    "\n  \nuser_id,a\n\n{0}-1,b\n \n\n{0}-2,c\n\n": {"1": {"a": "b"}, "2": {"a": "c"}},
    'a,user_id\n"x, y",{0}-1\n"say ""hi""",{0}-2\n': {"1": {"a": "x, y"}, "2": {"a": 'say "hi"'}},
    'user_id,a\n{0}-1,"two\nlines"\n{0}-2,"and\r\n\r\nmore\n"\n': {"1": {"a": "two\nlines"},
                                                                   "2": {"a": "and\r\n\r\nmore\n"}},
    'user_id,a,b\n{0}-1,,\n{0}-2,"",c\n': {"1": {}, "2": {"b": "c"}},
    'user_id,a\n{0}-1,5" pipe\n{0}-2,Größe 😀\n': {"1": {"a": '5" pipe'}, "2": {"a": "Größe 😀"}},
    "user_id,a.b,a.c\n{0}-1, x ,0123\n": {"1": {"a.b": " x ", "a.c": "0123"}},
    'user_id,a\n{0}-1,"ends with a quote"""': {"1": {"a": 'ends with a quote"'}},
    "user_id\n{0}-1\n": {"1": {}},
    "sep=;\r\n User_ID ;age;ok;\r\n{0}-1;10;true;\r\n": {"1": {"age": 10, "ok": True}},
    "USER_ID\ta:text\tb:number\n{0}-1\t10\t007\n": {"1": {"a": "10", "b": 7}},
    "user_id,a,b,c\n{0}-1,01234,'=1,''x\n": {"1": {"a": "01234", "b": "=1", "c": "'x"}},
    "user_id,a\n{0}-1,9007199254740993\n": {"1": {"a": 9007199254740993}},
}


@pytest.mark.parametrize("text, wanted", QUIRKS.items(), ids=range(len(QUIRKS)))
def test_a_table_is_read_however_it_is_written(stack, tmp_path, prefix, text, wanted):
    done = load(stack, "users", save(tmp_path, text.format(prefix)))
    assert (done.code, done.counts()) == (0, (len(wanted), 0, len(wanted))), done.err
    assert stored(stack, prefix) == {f"{prefix}-{i}": a for i, a in wanted.items()}


# What stands between good lines 2 and the last, and what is told.
BROKEN = {
    "{0}-x,b,c": ["line 3: 3 fields, but the header row has 2"],
    "{0}-x": ["line 3: 1 fields, but the header row has 2"],
    ",b": ["line 3: /user_id name exactly one of user_id"],
    "null,b": ["line 3: /user_id is what a program sends when it has no id"],
    '{0}-x,"b"c': ["line 3: text after a quoted field"],
    '{0}-x,"b\n': ["line 3: a quoted field does not end"],
    '{0}-x,"b\n{0}-y,c': ["line 3: a quoted field does not end"],
    '{0}-x,"b\n{0}-x,c\n"{0}-x,c': ["line 3: text after a quoted field"],
    "{0}-x,\udcff": ["line 3: a field holds NUL or is not UTF-8"],
    "{0}-x,\0": ["line 3: a field holds NUL or is not UTF-8"],
    '{0}-x,"two\nlines",c\nnull,c': ["line 3: 3 fields, but the header row has 2",
                                     "line 5: /user_id is what a program sends"],
    "{0}-x," + "b" * LONG: ["line 3: longer than 1 MiB"],
    "{0}-x," + "b" * 5 * LONG: ["line 3: longer than 1 MiB"],
    "{0}-x," + "b" * 65536: ["line 3: must be at most 65536 bytes as JSON"],
}


@pytest.mark.parametrize("text, told", BROKEN.items(), ids=range(len(BROKEN)))
def test_a_broken_record_costs_its_line(stack, tmp_path, prefix, text, told):
    table = f"user_id,a\n{prefix}-1,b\n{text.format(prefix)}\n{prefix}-2,c\n"
    done = load(stack, "users", save(tmp_path, table.encode(errors="surrogateescape")))
    assert done.code == 1
    assert len(done.bad) == len(told), done.bad
    assert all(bad.startswith(wanted) for bad, wanted in zip(done.bad, told)), done.bad
    names = {name[len(prefix) + 1:] for name in stored(stack, prefix)}
    assert {"1", "2"} <= names
    assert "x" not in names
    assert ("y" in names) == ("-y" in text)


def test_a_quote_that_ends_far_away_costs_its_line_and_no_more(stack, tmp_path, prefix):
    """The record would be over 1 MiB, so it is none: its first line is bad, the rest is read."""
    count = LONG // 40
    rows = "".join(f"{prefix}-{i},{'b' * 40}\n" for i in range(count))
    done = load(stack, "users", save(tmp_path, f'user_id,a\nx,"b\n{rows}y,"c"\n'))
    assert done.bad == ["line 2: a quoted field does not end"]
    assert done.counts()[0] == count + 2
    assert len(stored(stack, prefix)) == count


@pytest.mark.parametrize("header, reason", [
    ("", "there is no header row"), ("\n \n", "there is no header row"),
    ("a,a\n", "the header row names a column twice"),
    ("user_id,,a\nx,,y\n", "the header row has a column without a name"),
    ("a;b\nx;y\n", "the header row has no column `user_id`: it has `a`, `b`"),
    ("user_id,Gr\udcf6\udcdfe\n", "the header row cannot be read: it holds NUL or is not UTF-8 "
     "(it may be Windows-1252): save the file as \"CSV UTF-8\""),
    ("\udcff\udcfeu\0s\0", "the file is UTF-16: save the file as \"CSV UTF-8\""),
    ('user_id,"a\nx,y\n', "a quoted field does not end"),
    (",".join(f"c{i}" for i in range(101)) + "\n", "the header row cannot be read")])
def test_without_a_good_header_nothing_is_read(stack, tmp_path, header, reason):
    before = stack.sql("select count(*) from profile")
    done = load(stack, "users", save(tmp_path, header.encode(errors="surrogateescape")))
    assert (done.code, done.out) == (1, "")
    assert done.err == f"assay import: {reason}\n"
    assert stack.sql("select count(*) from profile") == before


@pytest.mark.parametrize("name, options", [("x.CSV", []), ("x.csv", ["--csv"]),
                                           ("x.txt", ["--csv"])])
def test_csv_is_recognized_by_file_name_or_option(stack, tmp_path, prefix, name, options):
    done = load(stack, "devices", save(tmp_path, f"device_id,a\n{prefix},b\n", name), *options)
    assert done.code == 0
    assert stored(stack, prefix, "d") == {prefix: {"a": "b"}}


def test_from_keeps_the_header_and_counts_lines_not_records(stack, tmp_path, prefix):
    table = f'user_id,a\n{prefix}-1,"one\ntwo\nthree"\n{prefix}-2,b\n{prefix}-3,c\n'
    done = load(stack, "users", save(tmp_path, table), "--from", "5")
    assert (done.code, done.counts(), done.last) == (0, (2, 0, 2),
                                                     "done: the file ends before line 7")
    assert set(stored(stack, prefix)) == {f"{prefix}-2", f"{prefix}-3"}


def test_a_pipe_is_read_as_a_file_is(stack, prefix):
    feed = Feed(stack, "users", "--csv")
    for part in ("user_", "id,a\n", f"{prefix}-1,", '"', "b", '"', '"', "c", '"', "\r", "\n",
                 f'{prefix}-2,"d\r', '\n"\r', f"{prefix}-3,e"):
        feed.write(part)
    done = feed.end()
    assert (done.code, done.counts()) == (0, (3, 0, 3))
    assert stored(stack, prefix) == {f"{prefix}-1": {"a": 'b"c'}, f"{prefix}-2": {"a": "d\r\n"},
                                     f"{prefix}-3": {"a": "e"}}
