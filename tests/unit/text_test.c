/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Cutting and checking texts.
 */
#include "base/text.h"

#include <stdbool.h>

#include "base/mem.h"
#include "suites.h"

static const struct {
	const char *text;
	size_t most;
	const char *cut;
} rows[] = {
	{"", 0, ""},
	{"abc", 3, "abc"},
	{"abcd", 3, "abc …"},
	{"a", 0, " …"},
	/* Never within a character. */
	{"aäb", 2, "a …"},
	{"aäb", 3, "aä …"},
	{"a\xf0\x9f\x98\x80", 4, "a …"},
	{"a\xf0\x9f\x98\x80", 5, "a\xf0\x9f\x98\x80"},
};

START_TEST(a_cut_text_ends_with_a_whole_character)
{
	void *ctx = mem_ctx(NULL);

	ck_assert_str_eq(text_cut(ctx, rows[_i].text, rows[_i].most), rows[_i].cut);
	talloc_free(ctx);
}
END_TEST

static const struct {
	const char *text;
	size_t most;
	bool line, lines; /* good as one line, as several */
} texts[] = {
	{"", 9, false, false},
	{"a", 1, true, true},
	{"ab", 1, false, false},
	{"a\nb", 9, false, true},
	{"a\r\nb", 9, false, true},
	{"a\tb", 9, false, true},
	{"\n", 9, false, true},
	{"a\rb", 9, false, false},
	{"a\r", 9, false, false},
	{"a\vb", 9, false, false},
	{"a\x1b[2J", 9, false, false},
	{"a\x7f", 9, false, false},
	{"a\xc2\x85", 9, false, false},
};

START_TEST(line_breaks_are_allowed_in_multi_line_texts_only)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *o = mem_json(ctx, json_object_new_string(texts[_i].text));

	ck_assert(
	    (text_fault_json(ctx, o, texts[_i].most) == NULL) == texts[_i].line);
	ck_assert(
	    (text_fault_lines(ctx, o, texts[_i].most) == NULL) == texts[_i].lines);
	ck_assert_str_eq(text_fault_lines(ctx, NULL, 9), "must be a string");
	talloc_free(ctx);
}
END_TEST

Suite *
text_suite(void)
{
	Suite *s = suite_create("text");
	TCase *t = tcase_create("text");

	tcase_add_loop_test(t, a_cut_text_ends_with_a_whole_character, 0, ROWS(rows));
	tcase_add_loop_test(t, line_breaks_are_allowed_in_multi_line_texts_only, 0, ROWS(texts));
	suite_add_tcase(s, t);
	return s;
}
