/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bodies with many items: which items are accepted, which are listed as bad, and what refuses the
 * whole body.
 */
#include "web/http/batch_body.h"

#include <string.h>

#include "base/mem.h"
#include "suites.h"
#include "web/http/ctx.h"

#define JSON "application/json"
#define LINES "application/x-ndjson"
#define CSV "text/csv; charset=utf-8"

enum { MOST = 3 };

/* Accepts objects with a member n, and records the place of each; other items are bad. */
static bool
take(void *to, struct json_object *o, const char *at, struct problems *problems)
{
	struct buf *taken = to;

	if (json_object_object_get(o, "n") == NULL) {
		problem_add(problems, mem_printf(problems, "%s/n", at), "must be there");
		return false;
	}
	buf_printf(taken, "[%s]%s", at, json_object_get_string(json_object_object_get(o, "n")));
	return true;
}

static const struct csv_rules numbers = {NULL, NULL, false};

static enum err
read_body(
    struct ctx *c, const char *type, const char *body, struct buf **taken, struct batch_body *out)
{
	static const char *env[2];

	*c = (struct ctx){0};
	ctx_begin(c, 0, 0);
	env[0] = mem_printf(c->w.mem, "CONTENT_TYPE=%s", type);
	req_open(c, (struct req_source){.env = env});
	c->req.body = body;
	c->req.body_len = body == NULL ? 0 : strlen(body);
	*taken = buf_new(c->w.mem, 64);
	return batch_body_read(c, (struct batch_body_rules){MOST, &numbers}, take, *taken, out);
}

static const struct {
	const char *type, *body;
	enum err e;
	const char *taken;
	size_t received, bad;
} bodies[] = {
    {JSON, "{\"n\":1}", OK, "[]1", 1, 0},
    {JSON, "[{\"n\":1},{\"n\":2}]", OK, "[/0]1[/1]2", 2, 0},
    {JSON, "[{\"n\":1},{},{\"n\":3}]", OK, "[/0]1[/2]3", 3, 1},
    {JSON, "[null,5,{\"n\":1}]", OK, "[/2]1", 3, 2},
    {JSON, "[{},{}]", ERR_INVALID, "", 2, 2},
    {JSON, "[]", ERR_INVALID, "", 0, 0},
    {JSON, "{}", ERR_INVALID, "", 1, 1},
    {JSON, "null", ERR_INVALID, "", 1, 1},
    {JSON, "[{\"n\":1},{\"n\":2},{\"n\":3},{\"n\":4}]", ERR_TOO_LARGE, "", 0, 0},
    {JSON, "[{\"n\":1}", ERR_SYNTAX, "", 0, 0},
    {JSON, NULL, ERR_SYNTAX, "", 0, 0},
    /* A line that is no JSON is a bad item; a blank line is not an item. */
    {LINES, "{\"n\":1}\n{\"n\":2}\n", OK, "[/0]1[/1]2", 2, 0},
    {LINES, "\n \r\n{\"n\":1}\r\n\n\t{\"n\":2}", OK, "[/0]1[/1]2", 2, 0},
    {LINES, "{\"n\":1}\n{\"n\":\n{\"n\":3}\n", OK, "[/0]1[/2]3", 3, 1},
    {LINES, "{\"n\":1}\n [1]\n5\n", OK, "[/0]1", 3, 2},
    {LINES, "nothing\n", ERR_INVALID, "", 1, 1},
    {LINES, "\n\n", ERR_INVALID, "", 0, 0},
    {LINES, "{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n\n", OK, "[/0]1[/1]2[/2]3", 3, 0},
    {LINES, "{}\n{}\n{}\n{}\n", ERR_TOO_LARGE, "", 3, 3},
    {CSV, "n,m\n1,a\n2,b\n", OK, "[/0]1[/1]2", 2, 0},
    {CSV, "n,m\n1,a\nx\n,c\n", OK, "[/0]1", 3, 2},
    {CSV, "n,m\n", ERR_INVALID, "", 0, 0},
    {CSV, "n\n1\n2\n3\n4\n", ERR_TOO_LARGE, "[/0]1[/1]2[/2]3", 3, 0},
    {"text/plain", "{\"n\":1}", ERR_MEDIA_TYPE, "", 0, 0},
};

START_TEST(good_items_are_taken_and_bad_ones_counted)
{
	struct batch_body items = {0};
	struct buf *taken;
	struct ctx c;

	ck_assert_int_eq(
	    read_body(&c, bodies[_i].type, bodies[_i].body, &taken, &items), bodies[_i].e);
	ck_assert_str_eq(taken->data, bodies[_i].taken);
	ck_assert_uint_eq(items.received, bodies[_i].received);
	ck_assert_uint_eq(items.bad, bodies[_i].bad);
	ctx_reset(&c);
}
END_TEST

static const struct {
	const char *type, *body, *errors;
} listed[] = {
    {JSON, "[{\"n\":1},{}]", "[{\"index\":1,\"pointer\":\"/1/n\",\"detail\":\"must be there\"}]"},
    {LINES, "{\"n\":1}\n\n{\"n\":}\n", "[{\"index\":1,\"pointer\":\"/1\",\"detail\":"
	"\"column 6: a value is expected\"}]"},
    {LINES, "{\"n\":1}\n[{\"n\":2}]\n", "[{\"index\":1,\"pointer\":\"/1\",\"detail\":"
	"\"must be an object\"}]"},
    {LINES, "[1\n{\"n\":1}\n", "[{\"index\":0,\"pointer\":\"/0\",\"detail\":"
	"\"column 3: ',' or ']' is expected\"}]"},
    {CSV, "n,m\n1\n1,2\n", "[{\"index\":0,\"pointer\":\"/0\",\"detail\":"
	"\"1 fields, but the header row has 2\"}]"},
};

START_TEST(bad_items_are_listed_with_their_index)
{
	struct batch_body items = {0};
	struct buf *taken;
	struct ctx c;

	ck_assert_int_eq(read_body(&c, listed[_i].type, listed[_i].body, &taken, &items), OK);
	ck_assert_str_eq(json_object_to_json_string_ext(items.errors,
	    JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE), listed[_i].errors);
	ctx_reset(&c);
}
END_TEST

/* Rows of as many cells; each is an object with a member a cell. */
static const struct {
	const char *head, *row;
	int rows;
	enum err e;
} tables[] = {
    {"n\n", "1\n", 100000, OK},
    {"n\n", "1\n", 100001, ERR_TOO_LARGE},
    {"n,a,b,c\n", "1,2,3,4\n", 40000, OK},
    {"n,a,b,c\n", "1,2,3,4\n", 40001, ERR_TOO_LARGE},
    {"n,a,b,c\n", "1,2,,\n", 40001, OK},
};

START_TEST(a_csv_body_has_at_most_200000_values)
{
	static const char *const env[] = {"CONTENT_TYPE=" CSV, NULL};
	struct batch_body items;
	struct ctx c = {0};

	ctx_begin(&c, 0, 0);
	struct buf *body = buf_new(c.w.mem, 1 << 20), *taken = buf_new(c.w.mem, 64);
	buf_str(body, tables[_i].head);
	for (int i = 0; i < tables[_i].rows; i++)
		buf_str(body, tables[_i].row);
	req_open(&c, (struct req_source){.env = env});
	c.req.body = body->data;
	c.req.body_len = body->len;
	const struct batch_body_rules rules = {1000000, &numbers};
	ck_assert_int_eq(batch_body_read(&c, rules, take, taken, &items), tables[_i].e);
	ctx_reset(&c);
}
END_TEST

START_TEST(csv_is_refused_where_the_rules_name_no_columns)
{
	static const char *const env[] = {"CONTENT_TYPE=" CSV, NULL};
	struct batch_body items;
	struct ctx c = {0};

	ctx_begin(&c, 0, 0);
	req_open(&c, (struct req_source){.env = env});
	c.req.body = "n\n1\n";
	c.req.body_len = 4;
	struct buf *taken = buf_new(c.w.mem, 64);
	ck_assert_int_eq(
	    batch_body_read(&c, (struct batch_body_rules){MOST, NULL}, take, taken, &items),
	    ERR_MEDIA_TYPE);
	ctx_reset(&c);
}
END_TEST

Suite *
batch_body_suite(void)
{
	Suite *suite = suite_create("batch_body");
	TCase *t = tcase_create("items");

	tcase_add_loop_test(t, good_items_are_taken_and_bad_ones_counted, 0, ROWS(bodies));
	tcase_add_loop_test(t, bad_items_are_listed_with_their_index, 0, ROWS(listed));
	tcase_add_loop_test(t, a_csv_body_has_at_most_200000_values, 0, ROWS(tables));
	tcase_add_test(t, csv_is_refused_where_the_rules_name_no_columns);
	suite_add_tcase(suite, t);
	return suite;
}
