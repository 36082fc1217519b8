/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Criteria: what is refused and with which pointer, and every operator on hand-made profiles.
 */
#include "core/audience/criteria.h"

#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "given.h"
#include "suites.h"

/* Criteria from filters alone: a list is for devices, anything else for users. */
static struct json_object *
criteria_of_filters(void *ctx, const char *filters)
{
	return given_json(ctx, mem_printf(ctx, "{\"type\":\"%s\",\"filters\":%s}",
	    *filters == '[' ? "device" : "user", filters));
}

#define FILTER(operator, value) \
	"[{\"name\":\"a\",\"operator\":\"" operator"\",\"value\":" value "}]"
#define BARE(operator) "[{\"name\":\"a\",\"operator\":\"" operator "\"}]"
#define MAY "{\"a\":{\">=\":\"2019-05-14\",\"<=\":\"2019-05-14\"}}"
#define RANGE(start, end) FILTER("RANGE", "{\"start\":" start ",\"end\":" end "}")
#define LONG_NAME \
	"0123456789012345678901234567890123456789012345678901234567890123456789" \
	"01234567890123456789012345678901234567890123456789012345678"

static const struct {
	const char *filters;
	const char *pointers; /* of all problems, separated by blanks */
} bad[] = {
    /* Users: fields and conditions. */
    {"5", "/filters"},
    {"\"x\"", "/filters"},
    {"{}", "/filters"},
    {"{\"a\":null}", "/filters/a"},
    {"{\"a\":[]}", "/filters/a"},
    {"{\"a\":[1,null,[2],{}]}", "/filters/a/1 /filters/a/2 /filters/a/3"},
    {"{\"a\":{}}", "/filters/a"},
    {"{\"a\":{\"=\":1}}", "/filters/a/="},
    {"{\"a\":{\"EQ\":1}}", "/filters/a/EQ"},
    {"{\"a\":{\"startswith\":\"x\"}}", "/filters/a/startswith"},
    {"{\"a\":{\"<\":null}}", "/filters/a/<"},
    {"{\"a\":{\"<\":true}}", "/filters/a/<"},
    {"{\"a\":{\"<\":[1]}}", "/filters/a/<"},
    {"{\"a\":{\"<\":1,\"<=\":2}}", "/filters/a/<="},
    {"{\"a\":{\">\":1,\"<=\":\"x\"}}", "/filters/a/<="},
    {"{\"a\":{\">\":\"2019-02-10\",\"<=\":\"x\"}}", "/filters/a/<="},
    {"{\"a\":{\"startsWith\":\"\"}}", "/filters/a/startsWith"},
    {"{\"a\":{\"startsWith\":5}}", "/filters/a/startsWith"},
    {"{\"a\":{\"startsWith\":\"x\",\"<\":\"y\"}}", "/filters/a/startsWith"},
    {"{\"\":1}", "/filters/"},
    {"{\"" LONG_NAME "\":1}", "/filters/" LONG_NAME},
    {"{\"a\\nb\":1}", "/filters/a\nb"},
    {"{\"a/b~c\":null}", "/filters/a~1b~0c"},
    {"{\"a\":null,\"b\":1,\"c\":[]}", "/filters/a /filters/c"},
    /* Devices: filters, names, operators, values. */
    {"[]", "/filters"},
    {"[5,null,[]]", "/filters/0 /filters/1 /filters/2"},
    {"[{}]", "/filters/0/name"},
    {"[{\"name\":5,\"operator\":\"EQ\",\"value\":1}]", "/filters/0/name"},
    {"[{\"name\":\"\",\"operator\":\"EQ\",\"value\":1}]", "/filters/0/name"},
    {"[{\"name\":\"a\",\"value\":1}]", "/filters/0/operator"},
    {FILTER("eq", "1"), "/filters/0/operator"},
    {FILTER("NOTIN", "[1]"), "/filters/0/operator"},
    {FILTER("", "1"), "/filters/0/operator"},
    {FILTER("EQ", "[1]"), "/filters/0/value"},
    {FILTER("EQ", "null"), "/filters/0/value"},
    {FILTER("EQ", "{}"), "/filters/0/value"},
    {FILTER("NE", "[1]"), "/filters/0/value"},
    {BARE("NE"), "/filters/0/value"},
    {FILTER("IN", "1"), "/filters/0/value"},
    {FILTER("IN", "[]"), "/filters/0/value"},
    {FILTER("NIN", "{}"), "/filters/0/value"},
    {FILTER("NIN", "[{}]"), "/filters/0/value/0"},
    {FILTER("ISNULL", "true"), "/filters/0/value"},
    {FILTER("ISNOTNULL", "0"), "/filters/0/value"},
    {FILTER("ISEMPTY", "\"\""), "/filters/0/value"},
    {FILTER("ISNOTEMPTY", "[]"), "/filters/0/value"},
    {BARE("RANGE"), "/filters/0/value"},
    {FILTER("RANGE", "[1,2]"), "/filters/0/value"},
    {FILTER("RANGE", "{\"start\":1}"), "/filters/0/value"},
    {FILTER("RANGE", "{\"end\":1}"), "/filters/0/value"},
    {RANGE("1", "null"), "/filters/0/value"},
    {RANGE("1", "\"2019-02-10\""), "/filters/0/value"},
    {RANGE("\"a\"", "\"b\""), "/filters/0/value"},
    {RANGE("\"2019-02-30\"", "\"2019-03-01\""), "/filters/0/value"},
    {RANGE("2", "1"), "/filters/0/value"},
    {RANGE("\"2019-02-11\"", "\"2019-02-10\""), "/filters/0/value"},
    {FILTER("LT", "null"), "/filters/0/value"},
    {FILTER("LT", "[1]"), "/filters/0/value"},
    {FILTER("GT", "true"), "/filters/0/value"},
    {BARE("GT"), "/filters/0/value"},
};

START_TEST(refuses_bad_filters_with_their_pointer)
{
	void *ctx = mem_ctx(NULL);
	struct problems *p = problem_new(ctx);
	char *pointers = mem_dup(ctx, "");

	ck_assert_ptr_null(criteria_read(ctx, criteria_of_filters(ctx, bad[_i].filters), "", p));
	for (size_t i = 0; i < problem_count(p); i++) {
		struct json_object *o = json_object_array_get_idx(p->list, i);
		pointers = mem_printf(ctx, "%s%s%s", pointers, i == 0 ? "" : " ",
		    json_object_get_string(json_object_object_get(o, "pointer")));
	}
	ck_assert_str_eq(pointers, bad[_i].pointers);
	talloc_free(ctx);
}
END_TEST

static const struct {
	const char *type, *filters;
	int kind; /* -1: refused */
} types[] = {
    {"\"user\"", "{\"a\":1}", SUBJECT_USER},
    {"\"user_mod\"", "{\"a\":1}", SUBJECT_USER},
    {"\"device\"", BARE("ISNULL"), SUBJECT_DEVICE},
    {"\"device_mod\"", BARE("ISNULL"), SUBJECT_DEVICE},
    {"\"user\"", BARE("ISNULL"), -1},
    {"\"user_mod\"", "[]", -1},
    {"\"device\"", "{\"a\":1}", -1},
    {"\"User\"", "{\"a\":1}", -1},
    {"\"session\"", "{\"a\":1}", -1},
    {"\"\"", "{\"a\":1}", -1},
    {"5", "{\"a\":1}", -1},
    {"null", "{\"a\":1}", -1},
};

START_TEST(the_type_determines_subjects_and_filters)
{
	void *ctx = mem_ctx(NULL);
	struct problems *p = problem_new(ctx);
	struct criteria *c = criteria_read(ctx, given_json(ctx, mem_printf(ctx,
	    "{\"type\":%s,\"filters\":%s}", types[_i].type, types[_i].filters)), "", p);

	ck_assert_int_eq(c == NULL ? -1 : (int)c->kind, types[_i].kind);
	ck_assert_uint_eq(problem_count(p), c == NULL);
	talloc_free(ctx);
}
END_TEST

/* A list or an object of n equal things, as JSON. */
static char *
json_repeated(void *ctx, int n, const char *open, const char *close)
{
	char *out = mem_dup(ctx, open);

	for (int i = 0; i < n; i++)
		out = *open == '{' ? mem_printf(ctx, "%s%s\"f%d\":1", out, i == 0 ? "" : ",", i)
		                   : mem_printf(ctx, "%s%s%d", out, i == 0 ? "" : ",", i);
	return mem_printf(ctx, "%s%s", out, close);
}

START_TEST(limits_the_number_of_conditions_and_values)
{
	void *ctx = mem_ctx(NULL);
	struct problems *p = problem_new(ctx);

	ck_assert_ptr_nonnull(criteria_read(
	    ctx, criteria_of_filters(ctx, json_repeated(ctx, 100, "{", "}")), "", p));
	ck_assert_ptr_null(criteria_read(
	    ctx, criteria_of_filters(ctx, json_repeated(ctx, 101, "{", "}")), "", p));
	const char *list = mem_printf(ctx, "{\"a\":%s}", json_repeated(ctx, 1000, "[", "]"));
	ck_assert_ptr_nonnull(criteria_read(ctx, criteria_of_filters(ctx, list), "", p));
	list = mem_printf(ctx, "{\"a\":%s}", json_repeated(ctx, 1001, "[", "]"));
	ck_assert_ptr_null(criteria_read(ctx, criteria_of_filters(ctx, list), "", p));
	ck_assert_uint_eq(problem_count(p), 2);
	talloc_free(ctx);
}
END_TEST

#define N "{\"a\":null}"
#define WITHIN RANGE("\"2019-02-10\"", "\"2019-02-20\"")

static const struct {
	const char *filters, *attributes;
	bool in;
} decided[] = {
    /* Users: a value, or a list of which one must match; the whole value, in any letter case. */
    {"{\"a\":\"SunBird\"}", "{\"a\":\"sunBIRD\"}", true},
    {"{\"a\":\"sunbird\"}", "{\"a\":\"sunbirds\"}", false},
    {"{\"A\":\"x\"}", "{\"a\":\"x\"}", false},
    {"{\"a\":\"\xc3\x89\"}", "{\"a\":\"\xc3\xa9\"}", false},
    {"{\"a\":[\"x\",\"y\"]}", "{\"a\":\"Y\"}", true},
    {"{\"a\":[\"x\",\"y\"]}", "{\"a\":\"z\"}", false},
    {"{\"a\":12}", "{\"a\":12.0}", true},
    {"{\"a\":12}", "{\"a\":\"12\"}", false},
    {"{\"a\":-0.0}", "{\"a\":0}", true},
    {"{\"a\":true}", "{\"a\":true}", true},
    {"{\"a\":true}", "{\"a\":\"true\"}", false},
    {"{\"a\":false}", N, false},
    {"{\"a\":\"\"}", N, false},
    {"{\"a\":\"\"}", "{\"a\":\"\"}", true},
    /* Nested values: one element must match; all fields must. */
    {"{\"o.n\":[\"sunbird\"]}", "{\"o\":[{\"n\":\"x\"},{\"n\":\"Sunbird\"}]}", true},
    {"{\"f.b\":[\"CBSE\"]}", "{\"f\":{\"b\":[\"NCERT\",\"CBSE\"]}}", true},
    {"{\"a\":1,\"b\":2}", "{\"a\":1,\"b\":2}", true},
    {"{\"a\":1,\"b\":2}", "{\"a\":1}", false},
    {"{\"a=b\":1}", "{\"a=b\":1}", true},
    {"{\"a\":\"b=1\"}", "{\"a=b\":1}", false},
    /* Comparisons. */
    {"{\"a\":{\"<\":5}}", "{\"a\":4.9}", true},
    {"{\"a\":{\"<\":5}}", "{\"a\":5.0}", false},
    {"{\"a\":{\"<=\":5}}", "{\"a\":5}", true},
    {"{\"a\":{\">\":5}}", "{\"a\":5}", false},
    {"{\"a\":{\">=\":5}}", "{\"a\":5}", true},
    {"{\"a\":{\">\":1,\"<\":3}}", "{\"a\":[0,4]}", false},
    {"{\"a\":{\">\":1,\"<\":3}}", "{\"a\":[0,2]}", true},
    {"{\"a\":{\"<\":5}}", "{\"a\":\"4\"}", true},
    {"{\"a\":{\"<\":5}}", "{\"a\":\"04\"}", false},
    {"{\"a\":{\">=\":\"10\"}}", "{\"a\":\"9\"}", false},
    {"{\"a\":{\">=\":\"10\"}}", "{\"a\":10}", true},
    {"{\"a\":{\">=\":9007199254740993}}", "{\"a\":9007199254740992}", false},
    {"{\"a\":{\">=\":9007199254740993}}", "{\"a\":9007199254740993}", true},
    {"{\"a\":{\">\":-1e-3}}", "{\"a\":\"-0.00099\"}", true},
    {MAY, "{\"a\":1557815003923}", true},
    {MAY, "{\"a\":\"1557815003\"}", true},
    {MAY, "{\"a\":999999999}", false},
    {MAY, "{\"a\":\"2019-05-14 06:23:28.923+00\"}", true},
    {MAY, "{\"a\":\"2019-05-15 04:59:28+0530\"}", true},
    {MAY, "{\"a\":\"2019-05-14 10:55:27:201+0000\"}", true},
    {"{\"a\":{\"<\":5}}", N, false},
    {"{\"a\":{\"<\":\"m\"}}", "{\"a\":\"K\"}", true},
    {"{\"a\":{\"<\":\"m\"}}", "{\"a\":\"z\"}", false},
    {"{\"a\":{\"<=\":\"M\"}}", "{\"a\":\"m\"}", true},
    {"{\"a\":{\">\":\"m\"}}", "{\"a\":\"m\"}", false},
    /* A day stands for all of its instants. */
    {"{\"a\":{\"<=\":\"2019-02-18\"}}", "{\"a\":\"2019-02-18T23:59:59.999Z\"}", true},
    {"{\"a\":{\"<=\":\"2019-02-18\"}}", "{\"a\":\"2019-02-19\"}", false},
    {"{\"a\":{\"<\":\"2019-02-18\"}}", "{\"a\":\"2019-02-17T23:59:59.999Z\"}", true},
    {"{\"a\":{\"<\":\"2019-02-18\"}}", "{\"a\":\"2019-02-18\"}", false},
    {"{\"a\":{\">\":\"2019-02-18\"}}", "{\"a\":\"2019-02-18T23:59:59.999Z\"}", false},
    {"{\"a\":{\">\":\"2019-02-18\"}}", "{\"a\":\"2019-02-19\"}", true},
    {"{\"a\":{\">=\":\"2019-02-18\"}}", "{\"a\":\"2019-02-18T01:00:00+01:00\"}", true},
    {"{\"a\":{\">=\":\"2019-02-18\"}}", "{\"a\":\"2019-02-18T00:59:59+01:00\"}", false},
    {"{\"a\":{\"<=\":\"2019-02-18T12:00:00Z\"}}", "{\"a\":\"2019-02-18T12:00:00.001Z\"}", false},
    {"{\"a\":{\"<=\":\"2019-02-18T12:00:00Z\"}}", "{\"a\":\"2019-02-18T12:00:00Z\"}", true},
    /* Beginnings. */
    {"{\"a\":{\"startsWith\":\"SUN\"}}", "{\"a\":[\"x\",\"sunbird\"]}", true},
    {"{\"a\":{\"startsWith\":\"sun\"}}", "{\"a\":\"a sun\"}", false},
    {"{\"a\":{\"startsWith\":\"1\"}}", "{\"a\":12}", false},
    {"{\"a\":{\"startsWith\":\"x\"}}", N, false},
    /* Devices. */
    {FILTER("EQ", "\"Karnataka\""), "{\"a\":\"karnataka\"}", true},
    {FILTER("EQ", "1"), "{\"a\":2}", false},
    {FILTER("EQ", "1"), N, false},
    {FILTER("NE", "1"), "{\"a\":2}", true},
    {FILTER("NE", "1"), "{\"a\":1.0}", false},
    {FILTER("NE", "1"), "{\"a\":[1,2]}", false},
    {FILTER("NE", "1"), N, false},
    {FILTER("NE", "1"), "{}", false},
    {FILTER("NE", "1"), "{\"a\":[]}", true},
    {FILTER("IN", "[1,\"x\"]"), "{\"a\":\"X\"}", true},
    {FILTER("IN", "[1,\"x\"]"), "{\"a\":2}", false},
    {FILTER("IN", "[1]"), N, false},
    {FILTER("NIN", "[1,2]"), "{\"a\":3}", true},
    {FILTER("NIN", "[1,2]"), "{\"a\":[3,2]}", false},
    {FILTER("NIN", "[1]"), N, true},
    {FILTER("NIN", "[1]"), "{}", true},
    {BARE("ISNULL"), N, true},
    {BARE("ISNULL"), "{}", true},
    {BARE("ISNULL"), "{\"ab\":1,\"b\":{\"a\":1}}", true},
    {BARE("ISNULL"), "{\"a\":\"\"}", false},
    {BARE("ISNULL"), "{\"a\":[]}", false},
    {BARE("ISNULL"), "{\"a\":{\"b\":false}}", false},
    {BARE("ISNOTNULL"), N, false},
    {BARE("ISNOTNULL"), "{\"a\":{\"b\":{}}}", true},
    {BARE("ISEMPTY"), N, true},
    {BARE("ISEMPTY"), "{\"a\":\"\"}", true},
    {BARE("ISEMPTY"), "{\"a\":[]}", true},
    {BARE("ISEMPTY"), "{\"a\":{}}", true},
    {BARE("ISEMPTY"), "{\"a\":\" \"}", false},
    {BARE("ISEMPTY"), "{\"a\":0}", false},
    {BARE("ISEMPTY"), "{\"a\":[\"\",false]}", false},
    {BARE("ISNOTEMPTY"), N, false},
    {BARE("ISNOTEMPTY"), "{\"a\":\"\"}", false},
    {BARE("ISNOTEMPTY"), "{\"a\":[0]}", true},
    {BARE("ISNOTEMPTY"), "{\"a\":{\"b\":1}}", true},
    {RANGE("1", "2.5"), "{\"a\":1}", true},
    {RANGE("1", "2.5"), "{\"a\":2.5}", true},
    {RANGE("1", "2.5"), "{\"a\":2.51}", false},
    {RANGE("1", "2"), "{\"a\":\"1\"}", true},
    {RANGE("1", "2"), N, false},
    {WITHIN, "{\"a\":\"2019-02-10\"}", true},
    {WITHIN, "{\"a\":\"2019-02-09T23:59:59.999Z\"}", false},
    {WITHIN, "{\"a\":\"2019-02-19T23:59:59.999Z\"}", true},
    {WITHIN, "{\"a\":\"2019-02-20\"}", false},
    {RANGE("\"2019-02-10\"", "\"2019-02-10\""), "{\"a\":\"2019-02-10\"}", false},
    {FILTER("LT", "5"), "{\"a\":5}", false},
    {FILTER("LT", "5"), "{\"a\":-5}", true},
    {FILTER("LT", "5"), N, false},
    {FILTER("GT", "5"), "{\"a\":5.5}", true},
    {FILTER("GT", "\"2019-02-18\""), "{\"a\":\"2019-02-18T23:00:00Z\"}", false},
};

START_TEST(matches_a_profile_as_expected)
{
	void *ctx = mem_ctx(NULL);
	struct problems *p = problem_new(ctx);
	struct criteria *c =
	    criteria_read(ctx, criteria_of_filters(ctx, decided[_i].filters), "", p);

	ck_assert_msg(c != NULL, "%s", json_plain(p->list));
	bool in = criteria_match(c, terms_make(ctx, given_json(ctx, decided[_i].attributes)));
	ck_assert_msg(
	    in == decided[_i].in, "%s on %s", decided[_i].filters, decided[_i].attributes);
	talloc_free(ctx);
}
END_TEST

Suite *
criteria_suite(void)
{
	Suite *suite = suite_create("criteria");
	TCase *t = tcase_create("criteria");

	tcase_add_loop_test(t, refuses_bad_filters_with_their_pointer, 0, ROWS(bad));
	tcase_add_loop_test(t, the_type_determines_subjects_and_filters, 0, ROWS(types));
	tcase_add_test(t, limits_the_number_of_conditions_and_values);
	tcase_add_loop_test(t, matches_a_profile_as_expected, 0, ROWS(decided));
	suite_add_tcase(suite, t);
	return suite;
}
