/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The byte buffer: appending in every way and at every size, and the NUL behind the content.
 */
#include "base/buf.h"

#include <string.h>

#include "base/mem.h"
#include "suites.h"

START_TEST(starts_empty_and_terminated)
{
	static const size_t sizes[] = {0, 1, 63, 64, 8192};
	void *ctx = mem_ctx(NULL);
	struct buf *b = buf_new(ctx, sizes[_i]);

	ck_assert_uint_eq(b->len, 0);
	ck_assert_uint_gt(b->cap, sizes[_i]);
	ck_assert_str_eq(b->data, "");
	talloc_free(ctx);
}
END_TEST

START_TEST(does_not_move_up_to_its_initial_size)
{
	char text[1000];
	void *ctx = mem_ctx(NULL);
	struct buf *b = buf_new(ctx, sizeof text);
	const char *place = b->data;

	memset(text, 'x', sizeof text);
	buf_add(b, text, sizeof text);
	ck_assert_ptr_eq(b->data, place);
	ck_assert_uint_eq(strlen(b->data), sizeof text);
	talloc_free(ctx);
}
END_TEST

START_TEST(grows_in_steps_of_any_size)
{
	static const size_t steps[] = {1, 2, 63, 64, 65, 4096, 99999};
	char part[99999];
	void *ctx = mem_ctx(NULL);
	struct buf *b = buf_new(ctx, 0);

	for (size_t i = 0; i < sizeof part; i++)
		part[i] = (char)('a' + i % 26);
	for (int turn = 1; turn <= 100; turn++) {
		buf_add(b, part, steps[_i]);
		ck_assert_uint_eq(b->len, (size_t)turn * steps[_i]);
		ck_assert_uint_gt(b->cap, b->len);
		ck_assert_int_eq(b->data[b->len], '\0');
	}
	for (size_t i = 0; i < b->len; i += steps[_i])
		ck_assert_mem_eq(b->data + i, part, steps[_i]);
	talloc_free(ctx);
}
END_TEST

START_TEST(each_append_function_appends_its_argument)
{
	void *ctx = mem_ctx(NULL);
	struct buf *b = buf_new(ctx, 0);

	buf_str(b, "");
	buf_add(b, NULL, 0);
	buf_str(b, "one");
	buf_char(b, '\0');
	buf_printf(b, "%d%s%%", 2, "two");
	buf_printf(b, "%s", "");
	ck_assert_uint_eq(b->len, sizeof "one\0002two%" - 1);
	ck_assert_mem_eq(b->data, "one\0002two%", sizeof "one\0002two%");
	talloc_free(ctx);
}
END_TEST

START_TEST(reset_empties_it_and_keeps_the_memory)
{
	void *ctx = mem_ctx(NULL);
	struct buf *b = buf_new(ctx, 0);

	for (int i = 0; i < 1000; i++)
		buf_char(b, 'x');
	size_t cap = b->cap;
	buf_reset(b);
	ck_assert_uint_eq(b->len, 0);
	ck_assert_uint_eq(b->cap, cap);
	ck_assert_str_eq(b->data, "");
	buf_str(b, "y");
	ck_assert_str_eq(b->data, "y");
	talloc_free(ctx);
}
END_TEST

static const struct {
	const char *text;
	const char *html;
} pairs[] = {
    {"", ""},
    {"plain", "plain"},
    {"&", "&amp;"},
    {"<", "&lt;"},
    {">", "&gt;"},
    {"\"", "&quot;"},
    {"'", "&#39;"},
    {"&amp;", "&amp;amp;"},
    {"<b>x</b>", "&lt;b&gt;x&lt;/b&gt;"},
    {"a<b", "a&lt;b"},
    {"<<>>", "&lt;&lt;&gt;&gt;"},
    {"\xc3\xa9 \xe2\x82\xac", "\xc3\xa9 \xe2\x82\xac"},
};

START_TEST(html_escapes_all_markup)
{
	void *ctx = mem_ctx(NULL);
	struct buf *b = buf_new(ctx, 0);

	buf_html(b, pairs[_i].text, strlen(pairs[_i].text));
	ck_assert_str_eq(b->data, pairs[_i].html);
	talloc_free(ctx);
}
END_TEST

START_TEST(html_reads_exactly_n_bytes)
{
	void *ctx = mem_ctx(NULL);
	struct buf *b = buf_new(ctx, 0);

	buf_html(b, "a<b>", 2);
	ck_assert_str_eq(b->data, "a&lt;");
	buf_html(b, "x\0&", 3);
	ck_assert_mem_eq(b->data, "a&lt;x\0&amp;", sizeof "a&lt;x\0&amp;");
	talloc_free(ctx);
}
END_TEST

Suite *
buf_suite(void)
{
	Suite *s = suite_create("buf");
	TCase *t = tcase_create("buf");

	tcase_add_loop_test(t, starts_empty_and_terminated, 0, 5);
	tcase_add_test(t, does_not_move_up_to_its_initial_size);
	tcase_add_loop_test(t, grows_in_steps_of_any_size, 0, 7);
	tcase_add_test(t, each_append_function_appends_its_argument);
	tcase_add_test(t, reset_empties_it_and_keeps_the_memory);
	tcase_add_loop_test(t, html_escapes_all_markup, 0, ROWS(pairs));
	tcase_add_test(t, html_reads_exactly_n_bytes);
	suite_add_tcase(s, t);
	return s;
}
