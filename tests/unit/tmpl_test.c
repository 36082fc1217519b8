/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Mustache templates: the public specification's own cases (tmpl_spec.c), loading (tmpl_load.c),
 * and here what the specification does not cover: escaping, messages, and models and templates
 * that mean harm.
 */
#include "web/tmpl/tmpl.h"

#include <check.h>
#include <string.h>

#include "base/mem.h"

Suite *tmpl_suite(void);
TCase *tmpl_spec_case(void);
TCase *tmpl_load_case(void);

#define ROWS(a) ((int)(sizeof(a) / sizeof((a)[0])))

/* Adds a text that must be accepted. */
static void
add_template(struct tmpl_set *set, const char *name, const char *text)
{
	char message[TMPL_MESSAGE] = "";
	enum err e = tmpl_add(set, name, text, strlen(text), message);

	ck_assert_msg(e == OK, "refused: %s", message);
}

struct row {
	const char *text;
	const char *model; /* JSON */
	const char *want;
};

static const struct row rows[] = {
    /* All five characters, from strings alone and in attributes. */
    {"<a title=\"{{x}}\">", "{\"x\": \"<>&\\\"'\"}", "<a title=\"&lt;&gt;&amp;&quot;&#39;\">"},
    /* How values of each type are written. */
    {"{{a}} {{b}} {{c}} {{d}}", "{\"a\": 0, \"b\": -7, \"c\": 1.50, \"d\": 1e3}", "0 -7 1.50 1e3"},
    {"{{a}} {{b}}", "{\"a\": true, \"b\": false}", "true false"},
    {"[{{a}}{{b}}{{c}}{{d}}]", "{\"a\": null, \"b\": [1], \"c\": {\"d\": 1}}", "[]"},
    /* Which values count as true. */
    {"{{#a}}y{{/a}}{{^a}}n{{/a}}", "{\"a\": 0}", "y"},
    {"{{#a}}y{{/a}}{{^a}}n{{/a}}", "{\"a\": 0.0}", "y"},
    {"{{#a}}y{{/a}}{{^a}}n{{/a}}", "{\"a\": \"0\"}", "y"},
    {"{{#a}}y{{/a}}{{^a}}n{{/a}}", "{\"a\": {}}", "y"},
    {"{{#a}}y{{/a}}{{^a}}n{{/a}}", "{\"a\": \"\"}", "n"},
    {"{{#a}}y{{/a}}{{^a}}n{{/a}}", "null", "n"},
    {"{{#.}}y{{/.}}{{^.}}n{{/.}}", "[]", "n"},
    /* Elements that are no objects, and names that do not fit the value. */
    {"{{#a}}({{.}}{{b.c}}){{/a}}", "{\"a\": [null, false, [], \"s\"], \"b\": 1}", "()(false)()(s)"},
    /* An inner null hides an outer value. */
    {"{{#a}}[{{b}}]{{/a}}", "{\"a\": {\"b\": null}, \"b\": 1}", "[]"},
    /* Braces that are no tags. */
    {"{ { } }} }", "null", "{ { } }} }"},
    {"{{a}}}", "{\"a\": 1}", "1}"},
    {"", "null", ""},
    /* A margin goes before each line of the template, a value's own lines excepted. */
    {"  {{> lines}}\n", "{\"a\": \"1\\n2\"}", "  x\n  1\n2\n  \n  z"},
    {"  {{> outer}}\nend", "{\"a\": 1}", "  -\n   x\n   1\n   \n   zend"},
    {"  - {{> lines}}\n", "{\"a\": 1}", "  - x\n1\n\nz\n"},
    {"  {{> list}}\n", "{\"l\": [1, 2]}", "  12\n  <ul>\n  1\n  2\n  </ul>\n"},
    {"  {{> tail}}", "{\"l\": [1, 2]}", "  (\n  )(\n  )"},
};

static struct tmpl_set *
partials_new(void *ctx)
{
	struct tmpl_set *set = tmpl_new(ctx);

	add_template(set, "lines", "x\n{{a}}\n\nz");
	add_template(set, "outer", "-\n {{> lines}}\n");
	add_template(set, "list", "{{#l}}{{.}}{{/l}}\n<ul>\n{{#l}}\n{{.}}\n{{/l}}\n</ul>\n");
	add_template(set, "tail", "{{#l}}(\n{{^no}}){{/no}}{{/l}}");
	return set;
}

START_TEST(renders_and_escapes_values)
{
	const struct row *row = &rows[_i];
	void *ctx = mem_ctx(NULL);
	struct tmpl_set *set = partials_new(ctx);
	struct buf *out = buf_new(ctx, 0);

	add_template(set, "t", row->text);
	struct json_object *model = mem_json(ctx, json_tokener_parse(row->model));
	ck_assert_int_eq(tmpl_render(set, "t", model, out), OK);
	ck_assert_str_eq(out->data, row->want);
	talloc_free(ctx);
}
END_TEST

struct wrong {
	const char *text;
	const char *message;
};

static const struct wrong wrongs[] = {
    {"{{a", "t.html:1: {{ without }}"},
    {"\n{{a}}\n{{!\n\n}}{{", "t.html:5: {{ without }}"},
    {"\r\n\r\n{{#a}}\r\n{{#b}}\r\n{{/b}}", "t.html:3: {{#a}} is never closed"},
    {"{{^a}}", "t.html:1: {{^a}} is never closed"},
    {"{{#a}}\n{{#b}}\n{{/a}}", "t.html:3: {{/a}} where {{/b}} is due, opened on line 2"},
    {"{{#a.b}}{{/a}}", "t.html:1: {{/a}} where {{/a.b}} is due, opened on line 1"},
    {"x\n{{/a}}", "t.html:2: {{/a}} closes nothing"},
    {"{{}}", "t.html:1: a tag without a name"},
    {"{{ # }}", "t.html:1: a name is made of letters, digits, _ - and dots"},
    {"\n{{# \n }}", "t.html:2: a tag without a name"},
    {"{{>}}", "t.html:1: a tag without a name"},
    {"{{a b}}", "t.html:1: a name is made of letters, digits, _ - and dots"},
    {"{{> a/b}}", "t.html:1: a name is made of letters, digits, _ - and dots"},
    {"{{a..b}}", "t.html:1: a name with an empty part"},
    {"{{.a}}", "t.html:1: a name with an empty part"},
    {"{{#a.}}{{/a.}}", "t.html:1: a name with an empty part"},
    {"{{..}}", "t.html:1: a name with an empty part"},
    {"\n\n{{{a}}}", "t.html:3: nothing is left unescaped: write {{name}}"},
    {"{{& a}}", "t.html:1: nothing is left unescaped: write {{name}}"},
    {"{{=<% %>=}}", "t.html:1: the braces cannot be changed"},
};

START_TEST(refuses_malformed_templates)
{
	void *ctx = mem_ctx(NULL);
	struct tmpl_set *set = tmpl_new(ctx);
	const char *text = wrongs[_i].text;
	char message[TMPL_MESSAGE] = "";

	ck_assert_int_eq(tmpl_add(set, "t.html", text, strlen(text), message), ERR_SYNTAX);
	ck_assert_str_eq(message, wrongs[_i].message);
	ck_assert_int_eq(tmpl_render(set, "t.html", NULL, buf_new(ctx, 0)), ERR_NOT_FOUND);
	talloc_free(ctx);
}
END_TEST

START_TEST(finds_templates_by_name)
{
	void *ctx = mem_ctx(NULL);
	struct tmpl_set *set = tmpl_new(ctx);
	struct buf *out = buf_new(ctx, 0);
	struct buf *text = buf_new(ctx, 0);
	char message[TMPL_MESSAGE] = "";

	buf_str(out, "before");
	ck_assert_int_eq(tmpl_render(set, "a", NULL, out), ERR_NOT_FOUND);
	add_template(set, "a", "1");
	ck_assert_int_eq(tmpl_add(set, "a", "2", 1, message), ERR_CONFLICT);
	ck_assert_str_eq(message, "a: is there already");
	ck_assert_int_eq(tmpl_render(set, "a", NULL, out), OK);
	ck_assert_str_eq(out->data, "before1");

	/* A long name is cut in the message, which stays within its bounds. */
	for (int i = 0; i < 1000; i++)
		buf_str(text, "x");
	const char *close = mem_printf(ctx, "{{#%s}}{{/y%s}}", text->data, text->data);
	ck_assert_int_eq(tmpl_add(set, text->data, close, strlen(close), message), ERR_SYNTAX);
	ck_assert_uint_eq(strlen(message), TMPL_MESSAGE - 1);
	talloc_free(ctx);
}
END_TEST

/* text, n times over. */
static const char *
repeat(void *ctx, const char *text, int n)
{
	struct buf *b = buf_new(ctx, 0);

	for (int i = 0; i < n; i++)
		buf_str(b, text);
	return b->data;
}

START_TEST(deep_sections)
{
	void *ctx = mem_ctx(NULL);
	struct tmpl_set *set = tmpl_new(ctx);
	struct buf *out = buf_new(ctx, 0);
	char message[TMPL_MESSAGE] = "";
	const char *deepest =
	    mem_printf(ctx, "%sx%s", repeat(ctx, "{{^a}}", 32), repeat(ctx, "{{/a}}", 32));
	const char *deeper = repeat(ctx, "\n{{#a}}", 33);

	add_template(set, "t", deepest);
	ck_assert_int_eq(tmpl_render(set, "t", NULL, out), OK);
	ck_assert_str_eq(out->data, "x");
	ck_assert_int_eq(tmpl_add(set, "u", deeper, strlen(deeper), message), ERR_SYNTAX);
	ck_assert_str_eq(message, "u:34: more than 32 sections within each other");
	talloc_free(ctx);
}
END_TEST

START_TEST(recursion_is_bounded)
{
	void *ctx = mem_ctx(NULL);
	struct tmpl_set *set = tmpl_new(ctx);
	struct buf *out = buf_new(ctx, 0);

	add_template(set, "once", "x{{> once}}");
	ck_assert_int_eq(tmpl_render(set, "once", NULL, out), OK);
	ck_assert_str_eq(out->data, repeat(ctx, "x", 33));

	/* These would be 2^33 partials if they were not counted. */
	add_template(set, "twice", "x{{> twice}}{{> twice}}");
	ck_assert_int_eq(tmpl_render(set, "twice", NULL, out), ERR_INTERNAL);
	ck_assert_str_eq(out->data, repeat(ctx, "x", 33));
	talloc_free(ctx);
}
END_TEST

/* An object within an object, depth times, under the name a. */
static struct json_object *
deep_model(void *ctx, int depth)
{
	struct json_object *o = json_object_new_object();

	for (int i = 0; i < depth; i++) {
		struct json_object *outer = json_object_new_object();
		json_object_object_add(outer, "a", o);
		o = outer;
	}
	return mem_json(ctx, o);
}

START_TEST(deep_model_is_bounded)
{
	void *ctx = mem_ctx(NULL);
	struct tmpl_set *set = tmpl_new(ctx);
	struct buf *out = buf_new(ctx, 0);

	add_template(set, "t", "x{{#a}}{{> t}}{{/a}}{{a}}");
	ck_assert_int_eq(tmpl_render(set, "t", deep_model(ctx, 5000), out), OK);
	ck_assert_str_eq(out->data, repeat(ctx, "x", 33));
	talloc_free(ctx);
}
END_TEST

/* An array of n strings, each of size bytes. */
static struct json_object *
wide_model(void *ctx, int n, int size)
{
	struct json_object *list = json_object_new_array();
	const char *text = repeat(ctx, "<", size);

	for (int i = 0; i < n; i++)
		json_object_array_add(list, json_object_new_string(text));
	return mem_json(ctx, list);
}

START_TEST(huge_model_is_bounded)
{
	void *ctx = mem_ctx(NULL);
	struct tmpl_set *set = tmpl_new(ctx);
	struct buf *out = buf_new(ctx, 0);
	struct json_object *root = mem_json(ctx, json_object_new_object());

	/* Steps that write nothing count too. */
	json_object_object_add(root, "l", json_object_get(wide_model(ctx, 20000, 1)));
	add_template(set, "steps", "{{#l}}{{#l}}{{/l}}{{/l}}");
	ck_assert_int_eq(tmpl_render(set, "steps", root, out), ERR_INTERNAL);
	add_template(set, "all", "{{#l}}{{.}}{{/l}}");
	ck_assert_int_eq(tmpl_render(set, "all", root, out), OK);
	ck_assert_uint_eq(out->len, 20000 * strlen("&lt;"));

	buf_reset(out);
	buf_str(out, "before");
	add_template(set, "bytes", "{{#.}}{{.}}{{/.}}");
	struct json_object *wide = wide_model(ctx, 20000, 1000);
	ck_assert_int_eq(tmpl_render(set, "bytes", wide, out), ERR_INTERNAL);
	ck_assert_str_eq(out->data, "before");
	talloc_free(ctx);
}
END_TEST

Suite *
tmpl_suite(void)
{
	Suite *s = suite_create("tmpl");
	TCase *t = tcase_create("text");

	suite_add_tcase(s, tmpl_spec_case());
	suite_add_tcase(s, tmpl_load_case());
	tcase_add_loop_test(t, renders_and_escapes_values, 0, ROWS(rows));
	tcase_add_loop_test(t, refuses_malformed_templates, 0, ROWS(wrongs));
	tcase_add_test(t, finds_templates_by_name);
	suite_add_tcase(s, t);

	t = tcase_create("bounds");
	tcase_set_timeout(t, 20);
	tcase_add_test(t, deep_sections);
	tcase_add_test(t, recursion_is_bounded);
	tcase_add_test(t, deep_model_is_bounded);
	tcase_add_test(t, huge_model_is_bounded);
	suite_add_tcase(s, t);
	return s;
}
