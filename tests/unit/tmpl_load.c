/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Loading templates from a directory, for tmpl_test.c.
 */
#include "web/tmpl/tmpl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "suites.h"

TCase *tmpl_load_case(void);

/* A file of a directory to load; a directory where text is NULL. */
struct file {
	const char *name;
	const char *text;
};

static void
write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	ck_assert_int_ge(fputs(text, f), 0);
	ck_assert_int_eq(fclose(f), 0);
}

/* Loads n files from a temporary directory, which is removed again. */
static enum err
load_files(struct tmpl_set *set, const struct file *files, int n, char message[TMPL_MESSAGE])
{
	char dir[] = "/tmp/tmpl_test.XXXXXX";

	ck_assert_ptr_nonnull(mkdtemp(dir));
	for (int i = 0; i < n; i++) {
		const char *path = mem_printf(set, "%s/%s", dir, files[i].name);
		if (files[i].text == NULL)
			ck_assert_int_eq(mkdir(path, 0700), 0);
		else
			write_file(path, files[i].text);
	}
	enum err e = tmpl_load(set, dir, message);
	for (int i = 0; i < n; i++)
		ck_assert_int_eq(remove(mem_printf(set, "%s/%s", dir, files[i].name)), 0);
	ck_assert_int_eq(rmdir(dir), 0);
	return e;
}

START_TEST(loads_all_templates_of_a_directory)
{
	static const struct file files[] = {
	    {"page.html", "{{> head.html}}\n<p>{{x}}</p>\n{{> tree.html}}\n"},
	    {"head.html", "<title>{{x}}</title>\n"},
	    {"tree.html", "{{#kids}}<i>{{> tree.html}}</i>{{/kids}}"},
	    {"notes.txt", "{{#"},
	    {".hidden.html", "{{#"},
	    {".html", "{{#"},
	    {"sub", NULL},
	};
	void *ctx = mem_ctx(NULL);
	struct tmpl_set *set = tmpl_new(ctx);
	struct buf *out = buf_new(ctx, 0);
	char message[TMPL_MESSAGE] = "";
	struct json_object *model =
	    mem_json(ctx, json_tokener_parse("{\"x\": 1, \"kids\": [{\"kids\": []}]}"));

	ck_assert_msg(load_files(set, files, ROWS(files), message) == OK, "%s", message);
	ck_assert_int_eq(tmpl_render(set, "page.html", model, out), OK);
	ck_assert_str_eq(out->data, "<title>1</title>\n<p>1</p>\n<i></i>");
	ck_assert_int_eq(tmpl_render(set, "notes.txt", model, out), ERR_NOT_FOUND);
	ck_assert_int_eq(tmpl_render(set, ".hidden.html", model, out), ERR_NOT_FOUND);
	talloc_free(ctx);
}
END_TEST

START_TEST(loads_a_large_file)
{
	void *ctx = mem_ctx(NULL);
	struct tmpl_set *set = tmpl_new(ctx);
	struct buf *out = buf_new(ctx, 0);
	struct buf *text = buf_new(ctx, 0);
	char message[TMPL_MESSAGE] = "";

	for (int i = 0; i < 10000; i++)
		buf_str(text, "0123456789\n");
	const struct file file = {"a.html", text->data};
	ck_assert_int_eq(load_files(set, &file, 1, message), OK);
	ck_assert_int_eq(tmpl_render(set, "a.html", NULL, out), OK);
	ck_assert_str_eq(out->data, text->data);
	talloc_free(ctx);
}
END_TEST

struct refusal {
	struct file files[3];
	int n;
	enum err e;
	const char *message;
};

static const struct refusal refusals[] = {
    {{{"a.html", "\n{{#x}}\n{{> b.html}}{{/x}}"}}, 1, ERR_SYNTAX,
	"a.html:3: there is no partial b.html"},
    {{{"a.html", "x\n{{#y}}"}}, 1, ERR_SYNTAX, "a.html:2: {{#y}} is never closed"},
    {{{"a.html", "\n{{> a.html}}"}}, 1, ERR_SYNTAX, "a.html:2: the partial a.html never ends"},
    {{{"a.html", NULL}}, 1, ERR_INTERNAL, "a.html: cannot be read"},
};

START_TEST(refuses_bad_files_with_a_message)
{
	const struct refusal *r = &refusals[_i];
	void *ctx = mem_ctx(NULL);
	char message[TMPL_MESSAGE] = "";

	ck_assert_int_eq(load_files(tmpl_new(ctx), r->files, r->n, message), r->e);
	ck_assert_str_eq(message, r->message);
	talloc_free(ctx);
}
END_TEST

START_TEST(refuses_partials_in_a_circle)
{
	static const struct file files[] = {
	    {"a.html", "{{> b.html}}"},
	    {"b.html", "{{> c.html}}"},
	    {"c.html", "{{> d.html}}{{> b.html}}"},
	    {"d.html", "fine"},
	};
	void *ctx = mem_ctx(NULL);
	char message[TMPL_MESSAGE] = "";

	ck_assert_int_eq(load_files(tmpl_new(ctx), files, ROWS(files), message), ERR_SYNTAX);
	ck_assert_ptr_nonnull(strstr(message, ".html never ends"));
	ck_assert_ptr_null(strstr(message, "d.html"));
	talloc_free(ctx);
}
END_TEST

START_TEST(refuses_a_missing_directory)
{
	void *ctx = mem_ctx(NULL);
	char message[TMPL_MESSAGE] = "";

	ck_assert_int_eq(tmpl_load(tmpl_new(ctx), "/nonexistent", message), ERR_NOT_FOUND);
	ck_assert_str_eq(message, "/nonexistent: No such file or directory");
	talloc_free(ctx);
}
END_TEST

TCase *
tmpl_load_case(void)
{
	TCase *t = tcase_create("load");

	tcase_add_test(t, loads_all_templates_of_a_directory);
	tcase_add_test(t, loads_a_large_file);
	tcase_add_loop_test(t, refuses_bad_files_with_a_message, 0, ROWS(refusals));
	tcase_add_test(t, refuses_partials_in_a_circle);
	tcase_add_test(t, refuses_a_missing_directory);
	return t;
}
