/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef JSON_CASES_H
#define JSON_CASES_H

#include <stddef.h>

/* What the guard must accept, and refuse with which reason at which place. */

#define T(text) text, sizeof(text) - 1

struct accepted {
	const char *text;
	size_t len;
	const char *plain; /* what json-c makes of it */
};

static const struct accepted accepted[] = {
	{T("null"), "null"}, {T("true"), "true"}, {T("false"), "false"}, {T("[]"), "[]"},
	{T("{}"), "{}"}, {T("\"\""), "\"\""}, {T(" \t\r\n[ \t\r\n] \t\r\n"), "[]"},
	{T("{ }"), "{}"}, {T("42"), "42"}, {T("42 \n"), "42"}, {T("0"), "0"}, {T("-0"), "0"},
	{T("-0.0"), "-0.0"}, {T("0e1"), "0e1"}, {T("0e+1"), "0e+1"}, {T("1E5"), "1E5"},
	{T("1E+2"), "1E+2"}, {T("1E-2"), "1E-2"}, {T("20e1"), "20e1"},
	{T("123.456e78"), "123.456e78"}, {T("-123.456789"), "-123.456789"}, {T("0.1"), "0.1"},
	{T("1.50"), "1.50"}, {T("[1,-1,0]"), "[1,-1,0]"}, {T("[1 , 2\n]"), "[1,2]"},
	{T("[null,1,\"a\"]"), "[null,1,\"a\"]"}, {T("9223372036854775807"), "9223372036854775807"},
	{T("-9223372036854775808"), "-9223372036854775808"},
	{T("9223372036854775808.0"), "9223372036854775808.0"}, {T("1e19"), "1e19"},
	{T("12345678901234567890.123456e-10"), "12345678901234567890.123456e-10"},
	{T("1.7976931348623157e308"), "1.7976931348623157e308"}, {T("5e-324"), "5e-324"},
	{T("0.00000000000000000001e327"), "0.00000000000000000001e327"},
	{T("-0e-999999999"), "-0e-999999999"},
	{T("0.0e99999999999999999999"), "0.0e99999999999999999999"},
	{T("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""), "\"\\\"\\\\/\\b\\f\\n\\r\\t\""},
	{T("\"\\u0041\\u00e9\\u20AC\""), "\"A\xc3\xa9\xe2\x82\xac\""},
	{T("\"\\uD83d\\uDe00\""), "\"\xf0\x9f\x98\x80\""},
	{T("\"\\uDBFF\\uDFFF\""), "\"\xf4\x8f\xbf\xbf\""}, {T("\"\\\\u0000\""), "\"\\\\u0000\""},
	{T("\"\\u0001\""), "\"\\u0001\""}, {T("\"\x7f\""), "\"\x7f\""},
	{T("\"\xc2\x80\xe0\xa0\x80\""), "\"\xc2\x80\xe0\xa0\x80\""},
	{T("\"\xed\x9f\xbf\xee\x80\x80\""), "\"\xed\x9f\xbf\xee\x80\x80\""},
	{T("\"\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\""), "\"\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\""},
	{T("\"\xe2\x80\xa8\xe2\x80\xae\xef\xbf\xbf\""), "\"\xe2\x80\xa8\xe2\x80\xae\xef\xbf\xbf\""},
	{T("\"<script>%s%n{{x}}../'/*#*/\""), "\"<script>%s%n{{x}}../'/*#*/\""},
	{T("{\"\":0}"), "{\"\":0}"},
	{T("{\"a\":{\"a\":1},\"b\":{\"a\":1}}"), "{\"a\":{\"a\":1},\"b\":{\"a\":1}}"},
	{T("[{\"a\":1},{\"a\":1}]"), "[{\"a\":1},{\"a\":1}]"},
	{T("{\"a\":1,\"A\":2}"), "{\"a\":1,\"A\":2}"},
	{T("{\"\\u0061\":1,\"\\\\u0061\":2}"), "{\"a\":1,\"\\\\u0061\":2}"},
	{T("{\"ab\":1,\"b\":2,\"a\":{\"ab\":[]}}"), "{\"ab\":1,\"b\":2,\"a\":{\"ab\":[]}}"},
	{T("[[[],{}],\"]\",\"}\"]"), "[[[],{}],\"]\",\"}\"]"},
};

struct refused {
	const char *text;
	size_t len;
	unsigned line;
	unsigned column;
	const char *why;
};

#define VALUE "a value is expected"
#define NUMBER "number is not valid"
#define INTEGER "integer is out of range"
#define RANGE "number is out of range"
#define BEHIND "unexpected text after the value"
#define KEY "a key in double quotes is expected"
#define COMMA_ARRAY "',' or ']' is expected"
#define COMMA_OBJECT "',' or '}' is expected"
#define OPEN "string is not closed"
#define ESCAPE "escape is not valid"
#define ZERO "\\u0000 is not allowed"
#define LONE "surrogate without its other half"
#define CONTROL "control character in a string"
#define BYTES "bytes are not UTF-8"
#define TWICE "key appears twice"

static const struct refused refused[] = {
	{T(""), 1, 1, VALUE}, {T(" "), 1, 2, VALUE}, {T("\n\n\t"), 3, 2, VALUE},
	{T("\0"), 1, 1, VALUE}, {T("\xef\xbb\xbf"), 1, 1, VALUE},
	{T("\xef\xbb\xbf{}"), 1, 1, VALUE}, {T("\xff\xfe[\0]\0"), 1, 1, VALUE},
	{T("\0[\0]"), 1, 1, VALUE}, {T("[\xe2\x81\xa0]"), 1, 2, VALUE},
	{T("[\xc2\xa0]"), 1, 2, VALUE}, {T("[\f]"), 1, 2, VALUE}, {T("[\v1]"), 1, 2, VALUE},
	/* literals */
	{T("nul"), 1, 1, VALUE}, {T("nulL"), 1, 1, VALUE}, {T("tru"), 1, 1, VALUE},
	{T("True"), 1, 1, VALUE}, {T("FALSE"), 1, 1, VALUE}, {T("truee"), 1, 5, BEHIND},
	{T("NaN"), 1, 1, VALUE}, {T("[NaN]"), 1, 2, VALUE}, {T("Infinity"), 1, 1, VALUE},
	{T("[-Infinity]"), 1, 2, NUMBER}, {T("-NaN"), 1, 1, NUMBER}, {T("undefined"), 1, 1, VALUE},
	{T("<null>"), 1, 1, VALUE}, {T("*"), 1, 1, VALUE}, {T("\xc3\xa5"), 1, 1, VALUE},
	{T("abc"), 1, 1, VALUE},
	/* trailing text and comments */
	{T("{}x"), 1, 3, BEHIND}, {T("1]"), 1, 2, BEHIND}, {T("[] []"), 1, 4, BEHIND},
	{T("{},{},"), 1, 3, BEHIND}, {T("{}\0"), 1, 3, BEHIND}, {T("[1]\n\nx"), 3, 1, BEHIND},
	{T("{}#"), 1, 3, BEHIND}, {T("\"x\"/**/"), 1, 4, BEHIND}, {T("{}//"), 1, 3, BEHIND},
	{T("/**/{}"), 1, 1, VALUE}, {T("1 2"), 1, 3, BEHIND}, {T("\"\"\"\""), 1, 3, BEHIND},
	/* arrays */
	{T("["), 1, 2, VALUE}, {T("]"), 1, 1, VALUE}, {T("[1"), 1, 3, COMMA_ARRAY},
	{T("[1,"), 1, 4, VALUE}, {T("[1,]"), 1, 4, VALUE}, {T("[,1]"), 1, 2, VALUE},
	{T("[,]"), 1, 2, VALUE}, {T("[1,,2]"), 1, 4, VALUE}, {T("[1 true]"), 1, 4, COMMA_ARRAY},
	{T("[1:2]"), 1, 3, COMMA_ARRAY}, {T("[1}"), 1, 3, COMMA_ARRAY},
	{T("[\"a\"\n\"b\"]"), 2, 1, COMMA_ARRAY}, {T("[[]"), 1, 4, COMMA_ARRAY},
	{T("[\0]"), 1, 2, VALUE}, {T("[\n  1,\n  x\n]"), 3, 3, VALUE},
	{T("[\r\n\"\xc3\xa9\", x]"), 2, 7, VALUE},
	/* objects */
	{T("{"), 1, 2, KEY}, {T("}"), 1, 1, VALUE}, {T("{a:1}"), 1, 2, KEY},
	{T("{'a':1}"), 1, 2, KEY}, {T("{1:1}"), 1, 2, KEY}, {T("{null:1}"), 1, 2, KEY},
	{T("{\"a\"}"), 1, 5, "':' is expected"}, {T("{\"a\":}"), 1, 6, VALUE},
	{T("{\"a\":1"), 1, 7, COMMA_OBJECT}, {T("{\"a\":1,}"), 1, 8, KEY},
	{T("{\"a\":1,,\"b\":2}"), 1, 8, KEY}, {T("{,\"a\":1}"), 1, 2, KEY},
	{T("{\"a\":1]"), 1, 7, COMMA_OBJECT}, {T("{\"a\",1}"), 1, 5, "':' is expected"},
	{T("{\"a\":1 \"b\":2}"), 1, 8, COMMA_OBJECT}, {T("{\"a\"::1}"), 1, 6, VALUE},
	{T("{[]:1}"), 1, 2, KEY}, {T("{\"a\":1:2}"), 1, 7, COMMA_OBJECT},
	{T("{\"a\":1,\"a\":1}"), 1, 8, TWICE}, {T("{\"a\":1,\n \"\\u0061\":2}"), 2, 2, TWICE},
	{T("{\"\":1,\"\":2}"), 1, 7, TWICE},
	{T("{\"b\":1,\"a\":{},\"b\":1,\"a\":2,\"b\":3}"), 1, 15, TWICE},
	{T("{\"\\ud83d\\ude00\":1,\"\xf0\x9f\x98\x80\":2}"), 1, 19, TWICE},
	{T("{\"/\":1,\"\\/\":2}"), 1, 8, TWICE},
	{T("[{\"x\":{\"a\":1,\"b\":{\"a\":1},\"a\":1}}]"), 1, 26, TWICE},
	{T("{\"a\\u0000b\":1}"), 1, 4, ZERO},
	/* numbers */
	{T("-"), 1, 1, NUMBER}, {T("+1"), 1, 1, VALUE}, {T("--1"), 1, 1, NUMBER},
	{T("01"), 1, 1, NUMBER}, {T("-01"), 1, 1, NUMBER}, {T("00"), 1, 1, NUMBER},
	{T(".5"), 1, 1, VALUE}, {T("-.5"), 1, 1, NUMBER}, {T("1."), 1, 1, NUMBER},
	{T("1.e3"), 1, 1, NUMBER}, {T("1e"), 1, 1, NUMBER}, {T("1e+"), 1, 1, NUMBER},
	{T("[1eE2]"), 1, 2, NUMBER}, {T("0x1F"), 1, 2, BEHIND}, {T("1 000"), 1, 3, BEHIND},
	{T("1.2.3"), 1, 4, BEHIND}, {T("1e1.5"), 1, 4, BEHIND}, {T("- 1"), 1, 1, NUMBER},
	{T("1+2"), 1, 2, BEHIND}, {T("1a"), 1, 2, BEHIND}, {T("\xef\xbc\x91"), 1, 1, VALUE},
	{T("9223372036854775808"), 1, 1, INTEGER}, {T("-9223372036854775809"), 1, 1, INTEGER},
	{T("18446744073709551615"), 1, 1, INTEGER}, {T("[0, 18446744073709551616]"), 1, 5, INTEGER},
	{T("1e400"), 1, 1, RANGE}, {T("-1e400"), 1, 1, RANGE},
	{T("1.7976931348623159e308"), 1, 1, RANGE}, {T("1e99999999999999999999"), 1, 1, RANGE},
	{T("1e-400"), 1, 1, RANGE}, {T("-0.1e-99999999999999999999"), 1, 1, RANGE},
	/* strings */
	{T("\""), 1, 1, OPEN}, {T("\"a"), 1, 1, OPEN}, {T("[\n\"a]"), 2, 1, OPEN},
	{T("'a'"), 1, 1, VALUE}, {T("\"\\"), 1, 2, ESCAPE}, {T("\"\\\""), 1, 1, OPEN},
	{T("\"\\x41\""), 1, 2, ESCAPE}, {T("\"\\'\""), 1, 2, ESCAPE}, {T("\"\\a\""), 1, 2, ESCAPE},
	{T("\"\\U0041\""), 1, 2, ESCAPE}, {T("\"\\u\""), 1, 2, ESCAPE},
	{T("\"\\u004"), 1, 2, ESCAPE}, {T("\"\\u004\""), 1, 2, ESCAPE},
	{T("\"\\u00g1\""), 1, 2, ESCAPE}, {T("\"\\u+041\""), 1, 2, ESCAPE},
	{T("\"\\\0\""), 1, 2, ESCAPE}, {T("\"\\\xc3\xa9\""), 1, 2, ESCAPE},
	{T("\"\\u0000\""), 1, 2, ZERO}, {T("\"\\ud800\""), 1, 2, LONE},
	{T("\"\\udc00\""), 1, 2, LONE}, {T("\"\\ud800\\ud800\""), 1, 2, LONE},
	{T("\"\\ud800\\n\""), 1, 2, LONE}, {T("\"\\ud83dx\""), 1, 2, LONE},
	{T("\"\\ude00\\ud83d\""), 1, 2, LONE}, {T("\"\\ud800\\u\""), 1, 2, LONE},
	{T("\"\\ud800\\u004"), 1, 2, LONE}, {T("\"a\0b\""), 1, 3, CONTROL},
	{T("\"a\nb\""), 1, 3, CONTROL}, {T("\"\t\""), 1, 2, CONTROL},
	{T("\"\x1f\""), 1, 2, CONTROL}, {T("\"\\\n\""), 1, 2, ESCAPE},
	{T("{\"a\rb\":1}"), 1, 4, CONTROL},
	/* bytes that are not UTF-8 */
	{T("\"\xc0\xaf\""), 1, 2, BYTES}, {T("\"\xc1\xbf\""), 1, 2, BYTES},
	{T("\"\xe0\x9f\xbf\""), 1, 2, BYTES}, {T("\"\xf0\x8f\xbf\xbf\""), 1, 2, BYTES},
	{T("\"\xed\xa0\x80\""), 1, 2, BYTES}, {T("\"\xed\xbf\xbf\""), 1, 2, BYTES},
	{T("\"\xf4\x90\x80\x80\""), 1, 2, BYTES}, {T("\"\xf5\x80\x80\x80\""), 1, 2, BYTES},
	{T("\"\xff\""), 1, 2, BYTES}, {T("\"\x80\""), 1, 2, BYTES}, {T("\"a\xe9\""), 1, 3, BYTES},
	{T("\"\xe2\x82\""), 1, 2, BYTES}, {T("\"\xf0\x9f\x98\""), 1, 2, BYTES},
	{T("\"\xe2"), 1, 2, BYTES}, {T("{\"\xc0\xaf\":1}"), 1, 3, BYTES},
};

#endif
