/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The cases of the public mustache specification, for tmpl_test.c. Output without escaping and
 * other delimiters are left out on purpose; a case whose text uses them must be refused.
 */
#include "web/tmpl/tmpl.h"

#include <stdbool.h>
#include <string.h>

#include "base/mem.h"
#include "suites.h"

/* The directory with the specification's files. */
#ifndef TMPL_SPEC
#define TMPL_SPEC "tests/unit/mustache"
#endif

TCase *tmpl_spec_case(void);

struct spec {
	const char *file;
	int rendered; /* cases that must have been rendered, at least */
	int refused;  /* cases that must have been refused, at least */
};

static const struct spec specs[] = {
    {"comments.json", 12, 0},
    {"interpolation.json", 22, 20},
    {"inverted.json", 22, 0},
    {"partials.json", 11, 1},
    {"sections.json", 32, 2},
};

static const char *
member(struct json_object *o, const char *key)
{
	return json_object_get_string(json_object_object_get(o, key));
}

/* Whether the text uses a part of mustache that is left out on purpose. */
static bool
is_left_out(const char *text)
{
	return strstr(text, "{{{") != NULL || strstr(text, "{{&") != NULL ||
	    strstr(text, "{{=") != NULL;
}

/* Adds a text of a case; false when it had to be refused, and was. */
static bool
add_text(struct tmpl_set *set, const char *name, const char *text)
{
	char message[TMPL_MESSAGE] = "";
	enum err e = tmpl_add(set, name, text, strlen(text), message);

	if (is_left_out(text)) {
		ck_assert_msg(e == ERR_SYNTAX, "accepted: %s", text);
		return false;
	}
	ck_assert_msg(e == OK, "refused: %s", message);
	return true;
}

static bool
add_case(struct tmpl_set *set, struct json_object *test)
{
	struct json_object *partials = json_object_object_get(test, "partials");
	bool added = add_text(set, "case", member(test, "template"));

	if (partials == NULL)
		return added;
	json_object_object_foreach(partials, name, text)
	{
		if (!add_text(set, name, json_object_get_string(text)))
			added = false;
	}
	return added;
}

/* Renders a case and compares the output; false when the case had to be refused, and was. */
static bool
run_case(void *ctx, struct json_object *test)
{
	struct tmpl_set *set = tmpl_new(ctx);
	struct buf *out = buf_new(ctx, 0);

	if (!add_case(set, test))
		return false;
	enum err e = tmpl_render(set, "case", json_object_object_get(test, "data"), out);
	ck_assert_int_eq(e, OK);
	ck_assert_msg(strcmp(out->data, member(test, "expected")) == 0, "%s: got '%s'",
	    member(test, "name"), out->data);
	return true;
}

START_TEST(renders_the_cases_of_the_specification)
{
	const struct spec *spec = &specs[_i];
	void *ctx = mem_ctx(NULL);
	const char *path = mem_printf(ctx, "%s/%s", TMPL_SPEC, spec->file);
	struct json_object *root = mem_json(ctx, json_object_from_file(path));
	struct json_object *tests = NULL;
	int rendered = 0;

	ck_assert_msg(root != NULL, "cannot read %s", path);
	ck_assert(json_object_object_get_ex(root, "tests", &tests));
	int count = (int)json_object_array_length(tests);
	for (int i = 0; i < count; i++)
		rendered += run_case(ctx, json_object_array_get_idx(tests, (size_t)i));
	ck_assert_int_ge(rendered, spec->rendered);
	ck_assert_int_ge(count - rendered, spec->refused);
	talloc_free(ctx);
}
END_TEST

TCase *
tmpl_spec_case(void)
{
	TCase *t = tcase_create("specification");

	tcase_add_loop_test(t, renders_the_cases_of_the_specification, 0, ROWS(specs));
	return t;
}
