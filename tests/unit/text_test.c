/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Texts that are too long for where they stand.
 */
#include "core/text.h"

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

START_TEST(a_long_text_ends_behind_a_whole_character)
{
	void *ctx = mem_ctx(NULL);

	ck_assert_str_eq(text_cut(ctx, rows[_i].text, rows[_i].most), rows[_i].cut);
	talloc_free(ctx);
}
END_TEST

Suite *
text_suite(void)
{
	Suite *s = suite_create("text");
	TCase *t = tcase_create("text");

	tcase_add_loop_test(t, a_long_text_ends_behind_a_whole_character, 0, ROWS(rows));
	suite_add_tcase(s, t);
	return s;
}
