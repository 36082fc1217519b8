/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Forms are converted to the JSON that an API client would send, or refused with the place of the
 * fault.
 */
#include "web/http/form.h"

#include <string.h>

#include "base/mem.h"
#include "base/problem.h"
#include "suites.h"
#include "web/http/ctx.h"

static const char *const env[] = {"CONTENT_TYPE=application/x-www-form-urlencoded", NULL};
static const char *const other[] = {"CONTENT_TYPE=application/json", NULL};

/* Reads a form as a request has it; the caller resets c. */
static enum err
read_form(struct ctx *c, const char *const params[], const char *body, struct json_object **out)
{
	*c = (struct ctx){0};
	ctx_begin(c, 0, 0);
	req_open(c, (struct req_source){.env = params});
	c->req.body = body;
	c->req.body_len = strlen(body);
	return form_json(c, out);
}

static const struct {
	const char *body, *json;
} good[] = {
    {"", "{}"},
    {"name=ann", "{\"name\":\"ann\"}"},
    {"name=ann%20b&x=%2B", "{\"name\":\"ann b\",\"x\":\"+\"}"},
    {"name=a+b", "{\"name\":\"a b\"}"},
    {"name=", "{}"},
    {"name%3Atext=", "{\"name\":\"\"}"},
    {"a.b.c=1", "{\"a\":{\"b\":{\"c\":\"1\"}}}"},
    {"a.b:number=1&a.c:number=0.5", "{\"a\":{\"b\":1,\"c\":0.5}}"},
    {"n:number=", "{}"},
    {"n:number=x1", "{\"n\":\"x1\"}"},
    {"f:flag=on&g:flag=false", "{\"f\":true,\"g\":false}"},
    {"p:json=%7B%22a%22%3A%5B1%5D%7D", "{\"p\":{\"a\":[1]}}"},
    {"g:list=a,+b+,,c", "{\"g\":[\"a\",\"b\",\"c\"]}"},
    {"l.0.name=a&l.1.name=b", "{\"l\":[{\"name\":\"a\"},{\"name\":\"b\"}]}"},
    {"l.0.name=&l.1.name=b", "{\"l\":[{\"name\":\"b\"}]}"},
    {"l.0=x&l.7=y", "{\"l\":[\"x\",\"y\"]}"},
    {"csrf=1&back=/admin&a=b", "{\"a\":\"b\"}"},
    {"a=1&a=2", "{\"a\":\"2\"}"},
    {"0=x&1=y", "{\"0\":\"x\",\"1\":\"y\"}"},
    {"0.0=x", "{\"0\":[\"x\"]}"},
    {"a=1%0D%0A2%0A3%0D4", "{\"a\":\"1\\n2\\n3\\r4\"}"},
};

START_TEST(reads_fields_by_their_names)
{
	struct json_object *out;
	struct ctx c;

	ck_assert_int_eq(read_form(&c, env, good[_i].body, &out), OK);
	ck_assert_str_eq(json_object_to_json_string_ext(out, JSON_C_TO_STRING_PLAIN),
	    good[_i].json);
	ctx_reset(&c);
}
END_TEST

static const struct {
	const char *body;
	enum err e;
} bad[] = {
    {"a=%zz", ERR_SYNTAX},
    {"a=%00", ERR_SYNTAX},
    {"%ff=a", ERR_SYNTAX},
    {"a=1&a.b=2", ERR_SYNTAX},
    {"a.b.c.d.e.f.g.h.i.j.k=1", ERR_SYNTAX},
    {"p:json=%7B", ERR_INVALID},
};

START_TEST(refuses_malformed_forms)
{
	struct json_object *out;
	struct ctx c;

	ck_assert_int_eq(read_form(&c, env, bad[_i].body, &out), bad[_i].e);
	ctx_reset(&c);
}
END_TEST

/* A form of that many fields; the value of each is n times the text, and the end. */
static const struct {
	int fields, n;
	const char *name, *text, *end;
	enum err e;
} sizes[] = {
    {10, 19998, "p:json=[", "0,", "0]", OK}, /* a list and 19,999 items */
    {11, 19998, "p:json=[", "0,", "0]", ERR_TOO_LARGE},
    {1, 199999, "g:list=", "a,", "", OK}, /* a list and its items */
    {1, 200000, "g:list=", "a,", "", ERR_TOO_LARGE},
    {1, 1000000, "g:list=", "a,", "", ERR_TOO_LARGE},
    {5000, 39, "g:list=", "a,", "", OK},
    {5000, 40, "g:list=", "a,", "", ERR_TOO_LARGE},
    {5000, 1, "a=", "1", "", OK},
    {5001, 1, "a=", "1", "", ERR_TOO_LARGE},
};

START_TEST(a_form_has_at_most_200000_values)
{
	void *ctx = mem_ctx(NULL);
	struct buf *body = buf_new(ctx, 1 << 20);
	struct json_object *out;
	struct ctx c;

	for (int i = 0; i < sizes[_i].fields; i++) {
		buf_printf(body, "%s%s", i == 0 ? "" : "&", sizes[_i].name);
		for (int k = 0; k < sizes[_i].n; k++)
			buf_str(body, sizes[_i].text);
		buf_str(body, sizes[_i].end);
	}
	ck_assert_int_eq(read_form(&c, env, body->data, &out), sizes[_i].e);
	ctx_reset(&c);
	talloc_free(ctx);
}
END_TEST

START_TEST(refuses_another_content_type)
{
	struct json_object *out;
	struct ctx c;

	ck_assert_int_eq(read_form(&c, other, "a=b", &out), ERR_MEDIA_TYPE);
	ctx_reset(&c);
}
END_TEST

START_TEST(finds_a_field_by_its_whole_name)
{
	struct json_object *out;
	struct ctx c;

	ck_assert_int_eq(read_form(&c, env, "a.b=1&b=two+words&c", &out), OK);
	ck_assert_str_eq(form_value(&c, "b"), "two words");
	ck_assert_str_eq(form_value(&c, "c"), "");
	ck_assert_ptr_null(form_value(&c, "a"));
	ctx_reset(&c);
}
END_TEST

START_TEST(a_field_stays_valid_after_the_form_was_read)
{
	struct json_object *out;
	struct ctx c;

	ck_assert_int_eq(read_form(&c, env, "a.0.b:number=7&csrf=x&a.1.b=", &out), OK);
	ck_assert_str_eq(form_value(&c, "a.0.b:number"), "7");
	ck_assert_str_eq(form_value(&c, "csrf"), "x");
	ck_assert_uint_eq(form_rows(&c, "a"), 2);
	ck_assert_int_eq(form_json(&c, &out), OK);
	ck_assert_str_eq(json_object_to_json_string_ext(out, JSON_C_TO_STRING_PLAIN),
	    "{\"a\":[{\"b\":7}]}");
	ctx_reset(&c);
}
END_TEST

START_TEST(puts_problems_at_the_fields_of_their_pointers)
{
	void *ctx = mem_ctx(NULL);
	struct problems *p = problem_new(ctx);

	problem_add(p, "/request/data/startDate", "one");
	problem_add(p, "data.endDate", "two");
	problem_add(p, "request.expid", "three");
	problem_add(p, "", "nowhere");
	struct json_object *tree = mem_json(ctx, problem_tree(ctx, p));
	ck_assert_str_eq(json_object_to_json_string_ext(tree, JSON_C_TO_STRING_PLAIN),
	    "{\"data\":{\"startDate\":\"one\",\"endDate\":\"two\"},\"expid\":\"three\"}");
	talloc_free(ctx);
}
END_TEST

Suite *
form_suite(void)
{
	Suite *s = suite_create("form");
	TCase *t = tcase_create("form");

	tcase_add_loop_test(t, reads_fields_by_their_names, 0, ROWS(good));
	tcase_add_loop_test(t, refuses_malformed_forms, 0, ROWS(bad));
	tcase_add_loop_test(t, a_form_has_at_most_200000_values, 0, ROWS(sizes));
	tcase_add_test(t, refuses_another_content_type);
	tcase_add_test(t, finds_a_field_by_its_whole_name);
	tcase_add_test(t, a_field_stays_valid_after_the_form_was_read);
	tcase_add_test(t, puts_problems_at_the_fields_of_their_pointers);
	suite_add_tcase(s, t);
	return s;
}
