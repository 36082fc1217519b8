/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Terms: the normalised form of a profile, which both the index and the evaluator read.
 */
#include "core/audience/terms.h"

#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "suites.h"

#define DAY "1550448000000000" /* 2019-02-18T00:00:00Z */

/* The value of a JSON text that must pass the guard. */
static struct json_object *
parse(void *ctx, const char *text)
{
	struct json_object *o;
	struct json_fault fault;

	ck_assert_msg(json_read(ctx, text, strlen(text), &o, &fault) == OK, "%s", text);
	return o;
}

/* The terms of a JSON text, joined by blanks. */
static const char *
joined(void *ctx, const char *text)
{
	struct terms *t = terms_make(ctx, parse(ctx, text));
	char *out = mem_dup(ctx, "");

	for (size_t i = 0; i < t->n; i++)
		out = mem_printf(ctx, "%s%s%s", out, i == 0 ? "" : " ", t->list[i]);
	return out;
}

static const struct {
	const char *attributes;
	const char *terms; /* sorted by bytes */
} flat[] = {
    {"{}", ""},
    {"{\"a\":\"b\"}", "a=b"},
    /* Keys keep their case, values lose it: ASCII letters only. */
    {"{\"orgName\":\"SunBird-Z\"}", "orgName=sunbird-z"},
    {"{\"a\":\"\xc3\x84\xc3\xa9[@`{\"}", "a=\xc3\x84\xc3\xa9[@`{"},
    {"{\"a\":true,\"b\":false}", "a?true b?false"},
    {"{\"a\":\"true\",\"b\":\"12\"}", "a=true b=12"},
    /* Null makes no term, also within an object or array. */
    {"{\"a\":null}", ""},
    {"{\"a\":[null],\"b\":{\"c\":null}}", ""},
    /* Objects make paths, arrays do not. */
    {"{\"a\":{\"b\":{\"c\":1}}}", "a.b.c#1"},
    {"{\"a\":[{\"b\":[1,[2]]},{\"b\":3,\"c\":\"x\"}]}", "a.b#1 a.b#2 a.b#3 a.c=x"},
    {"{\"a.b\":1,\"a\":{\"b\":2}}", "a.b#1 a.b#2"},
    {"{\"a\":[\"X\",\"x\",1,1.0,true]}", "a#1 a=x a?true"},
    {"{\"a\":{\"\":{\"b\":1}},\"\":{\"c\":1}}", ".c#1 a..b#1"},
    /* Empty texts, arrays and objects. */
    {"{\"a\":[],\"b\":{},\"c\":\"\",\"d\":[[]],\"e\":[{}]}", "a! b! c= d! e!"},
    /* Bytes of a key that tags use. */
    {"{\"a=b#c?d@e!f%g\":1}", "a%3Db%23c%3Fd%40e%21f%25g#1"},
    {"{\"a\":\"x=y#1?true@2!\"}", "a=x=y#1?true@2!"},
    /* One text for one number. */
    {"{\"a\":12}", "a#12"},
    {"{\"a\":12.0}", "a#12"},
    {"{\"a\":1.2e1}", "a#12"},
    {"{\"a\":[-0,-0.0,0,0.0,0e9]}", "a#0"},
    {"{\"a\":-12.50}", "a#-12.5"},
    {"{\"a\":0.1}", "a#0.10000000000000001"},
    {"{\"a\":[1e17,100000000000000000]}", "a#100000000000000000"},
    {"{\"a\":[9007199254740993]}", "a#9007199254740993"},
    {"{\"a\":[9223372036854775807,-9223372036854775808]}",
	"a#-9223372036854775808 a#9223372036854775807"},
    {"{\"a\":[1e300,-1e-300]}", "a#-1e-300 a#1.0000000000000001e+300"},
    /* A date or time makes a second term, with its instant. */
    {"{\"a\":\"2019-02-18\"}", "a=2019-02-18 a@" DAY},
    {"{\"a\":\"2019-02-18T05:30:00+05:30\"}", "a=2019-02-18t05:30:00+05:30 a@" DAY},
    {"{\"a\":\"2019-02-18T00:00:00.0009Z\"}", "a=2019-02-18t00:00:00.0009z a@" DAY},
    {"{\"a\":\"1969-12-31\"}", "a=1969-12-31 a@-86400000000"},
    {"{\"a\":[\"2019-02-30\",\"2019-2-18\",\"2019-02-18 \",\"2019-02-18T00:00:0\"]}",
	"a=2019-02-18  a=2019-02-18t00:00:0 a=2019-02-30 a=2019-2-18"},
};

START_TEST(flattens_a_profile)
{
	void *ctx = mem_ctx(NULL);

	ck_assert_str_eq(joined(ctx, flat[_i].attributes), flat[_i].terms);
	talloc_free(ctx);
}
END_TEST

/* A text of n bytes x and a tail. */
static char *
long_text(void *ctx, int n, const char *tail)
{
	char *s = mem_printf(ctx, "%*s%s", n, "", tail);

	memset(s, 'x', (size_t)n);
	return s;
}

START_TEST(keeps_a_value_of_200_bytes)
{
	void *ctx = mem_ctx(NULL);
	char *s = long_text(ctx, TERM_VALUE, "");

	ck_assert_str_eq(terms_fold(ctx, s), s);
	talloc_free(ctx);
}
END_TEST

START_TEST(cuts_a_longer_value_and_adds_a_digest)
{
	void *ctx = mem_ctx(NULL);
	const char *folded = terms_fold(ctx, long_text(ctx, TERM_VALUE, "a"));

	ck_assert_mem_eq(folded, long_text(ctx, TERM_VALUE, "\x01"), TERM_VALUE + 1);
	ck_assert_uint_eq(strlen(folded), TERM_VALUE + 1 + 32);
	ck_assert_str_eq(folded, terms_fold(ctx, long_text(ctx, TERM_VALUE, "A")));
	ck_assert_str_ne(folded, terms_fold(ctx, long_text(ctx, TERM_VALUE, "b")));
	talloc_free(ctx);
}
END_TEST

/* Bytes before a character that lies across the cut, and where the cut must be. */
static const struct {
	int before;
	const char *character;
	size_t cut;
} across[] = {
    {199, "\xc3\xa9", 199}, {198, "\xe2\x82\xac", 198}, {199, "\xf0\x9f\x98\x80", 199},
    {197, "\xf0\x9f\x98\x80", 197}, {198, "\xc3\xa9\xc3\xa9", 200},
};

START_TEST(cuts_values_between_characters)
{
	void *ctx = mem_ctx(NULL);
	const char *text = long_text(ctx, across[_i].before, across[_i].character);
	const char *folded = terms_fold(ctx, text);

	ck_assert_ptr_eq(strchr(folded, '\x01'), folded + across[_i].cut);
	ck_assert_mem_eq(folded, text, across[_i].cut);
	talloc_free(ctx);
}
END_TEST

static const struct {
	const char *text;
	bool good, day;
	int64_t at;
} instants[] = {
    {"1970-01-01", true, true, 0},
    {"2019-02-18", true, true, INT64_C(1550448000000000)},
    {"2020-02-29", true, true, INT64_C(1582934400000000)},
    {"1970-01-01T00:00:00Z", true, false, 0},
    {"1970-01-01T01:00:00.5+01:00", true, false, 500000},
    {"2019-02-29", false, false, 0},
    {"2019-13-01", false, false, 0},
    {"2019-1-1", false, false, 0},
    {"20190218", false, false, 0},
    {"2019-02-18T00:00:00", true, false, INT64_C(1550448000000000)},
    {"2019-02-18 00:00Z", true, false, INT64_C(1550448000000000)},
    {"2019-02-18 05:30:00:001+0530", true, false, INT64_C(1550448000001000)},
    {"2019-02-17 23:00:00,5 -01", true, false, INT64_C(1550448000500000)},
    {"2019-02-18 00:00:00+5", false, false, 0},
    {"2019-02-18 00:00:00:", false, false, 0},
    {"2019-02-18 00:00+00:00:00", false, false, 0},
    {"soon", false, false, 0},
    {"", false, false, 0},
    {"yyyy-mm-dd", false, false, 0},
};

START_TEST(reads_days_and_date_times_that_exist)
{
	int64_t at = -1;
	bool day = !instants[_i].day;

	ck_assert_msg(terms_instant(instants[_i].text, &at, &day) == instants[_i].good, "%s",
	    instants[_i].text);
	if (!instants[_i].good)
		return;
	ck_assert_int_eq(at, instants[_i].at);
	ck_assert_int_eq(day, instants[_i].day);
}
END_TEST

START_TEST(only_scalars_are_terms)
{
	void *ctx = mem_ctx(NULL);

	ck_assert_ptr_null(terms_scalar(ctx, "a", NULL));
	ck_assert_ptr_null(terms_scalar(ctx, "a", parse(ctx, "[1]")));
	ck_assert_ptr_null(terms_scalar(ctx, "a", parse(ctx, "{\"b\":1}")));
	ck_assert_str_eq(terms_scalar(ctx, "a.b", parse(ctx, "\"X\"")), "a.b=x");
	talloc_free(ctx);
}
END_TEST

/* A value in so many objects, each with a member whose name has that many bytes. */
static struct json_object *
nested(void *ctx, struct json_object *value, int levels, int bytes)
{
	for (int i = 0; i < levels; i++) {
		struct json_object *o = json_object_new_object();
		json_object_object_add(o, long_text(ctx, bytes, ""), value);
		value = o;
	}
	return mem_json(ctx, value);
}

static const struct {
	int levels, bytes; /* of a path with a dot between two levels */
	size_t terms;
} paths[] = {
    {1, TERM_PATH, 1}, {1, TERM_PATH + 1, 0}, {2, 63, 1}, {2, 64, 0}, {3, 42, 1}, {3, 43, 0},
};

START_TEST(a_path_over_128_bytes_yields_no_term)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *one = nested(ctx, json_object_new_int(1), paths[_i].levels,
	    paths[_i].bytes);
	struct json_object *empty = nested(ctx, json_object_new_array(), paths[_i].levels,
	    paths[_i].bytes);

	ck_assert_uint_eq(terms_make(ctx, one)->n, paths[_i].terms);
	ck_assert_uint_eq(terms_make(ctx, empty)->n, paths[_i].terms);
	talloc_free(ctx);
}
END_TEST

START_TEST(the_cost_of_a_value_does_not_depend_on_its_depth)
{
	void *ctx = mem_ctx(NULL), *terms = mem_ctx(NULL);
	struct json_object *list = json_object_new_array();

	for (int i = 0; i < 19900; i++)
		json_object_array_add(list, json_object_new_int(i));
	struct terms *t = terms_make(terms, nested(ctx, list, 30, 256));
	ck_assert_uint_eq(t->n, 0);
	ck_assert_uint_lt(talloc_total_size(terms), 4096);
	talloc_free(terms);
	talloc_free(ctx);
}
END_TEST

START_TEST(repeated_values_take_no_memory)
{
	void *ctx = mem_ctx(NULL), *terms = mem_ctx(NULL);
	struct json_object *list = json_object_new_array();

	for (int i = 0; i < 19900; i++)
		json_object_array_add(list, json_object_new_string("2019-02-18"));
	struct terms *t = terms_make(terms, nested(ctx, list, 1, 128));
	ck_assert_uint_eq(t->n, 2);
	for (size_t i = 0; i < t->n; i++)
		ck_assert_uint_lt(strlen(t->list[i]), 160);
	ck_assert_uint_lt(talloc_total_blocks(terms), 10);
	talloc_free(terms);
	talloc_free(ctx);
}
END_TEST

START_TEST(adds_terms_in_their_order)
{
	void *ctx = mem_ctx(NULL);
	struct terms *t = terms_make(ctx, parse(ctx, "{\"a\":[1,3],\"c\":true}"));
	struct json_object *more = parse(ctx, "[3,2,\"x\",[{\"b\":0}]]");

	terms_add(t, &(struct terms_extra){"a", more});
	terms_add(t, &(struct terms_extra){"b", parse(ctx, "{}")});
	terms_add(t, &(struct terms_extra){"d", NULL});
	static const char *const all[] = {"a#1", "a#2", "a#3", "a.b#0", "a=x", "b!", "c?true"};
	ck_assert_uint_eq(t->n, ROWS(all));
	for (size_t i = 0; i < t->n; i++)
		ck_assert_str_eq(t->list[i], all[i]);
	talloc_free(ctx);
}
END_TEST

START_TEST(finds_terms_by_value_and_by_prefix)
{
	void *ctx = mem_ctx(NULL);
	struct terms *t = terms_make(ctx, parse(ctx, "{\"a\":\"x\",\"b\":[1,2],\"bc\":true}"));

	ck_assert_uint_eq(t->n, 4);
	ck_assert(terms_has(t, "a=x") && terms_has(t, "b#2") && terms_has(t, "bc?true"));
	ck_assert(!terms_has(t, "a=") && !terms_has(t, "a=xy") && !terms_has(t, "c"));
	ck_assert_uint_eq(terms_from(t, ""), 0);
	ck_assert_uint_eq(terms_from(t, "b"), 1);
	ck_assert_uint_eq(terms_from(t, "bc"), 3);
	ck_assert_uint_eq(terms_from(t, "bd"), 4);
	talloc_free(ctx);
}
END_TEST

Suite *
terms_suite(void)
{
	Suite *suite = suite_create("terms");
	TCase *t = tcase_create("terms");

	tcase_add_loop_test(t, flattens_a_profile, 0, ROWS(flat));
	tcase_add_test(t, keeps_a_value_of_200_bytes);
	tcase_add_test(t, cuts_a_longer_value_and_adds_a_digest);
	tcase_add_loop_test(t, cuts_values_between_characters, 0, ROWS(across));
	tcase_add_loop_test(t, reads_days_and_date_times_that_exist, 0, ROWS(instants));
	tcase_add_test(t, only_scalars_are_terms);
	tcase_add_loop_test(t, a_path_over_128_bytes_yields_no_term, 0, ROWS(paths));
	tcase_add_test(t, the_cost_of_a_value_does_not_depend_on_its_depth);
	tcase_add_test(t, repeated_values_take_no_memory);
	tcase_add_test(t, adds_terms_in_their_order);
	tcase_add_test(t, finds_terms_by_value_and_by_prefix);
	suite_add_tcase(suite, t);
	return suite;
}
