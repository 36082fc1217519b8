/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The JSON parser against RFC 8259 (the cases follow the public parsing test suite), against
 * assay's own limits at and just over each, and against what json-c alone would accept.
 */
#include "base/json.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "json_cases.h"

Suite *json_suite(void);

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

/* json_guard() on a copy in an allocation of its own: a sanitizer notices a read beyond it. */
static enum err
guard_copy(const char *text, size_t len, struct json_fault *fault)
{
	char *tight = malloc(len > 0 ? len : 1);

	ck_assert_ptr_nonnull(tight);
	memcpy(tight, text, len);
	enum err e = json_guard(tight, len, fault);
	free(tight);
	return e;
}

static void
check_refused(const struct buf *b, const char *why)
{
	struct json_fault fault;

	ck_assert_int_eq(guard_copy(b->data, b->len, &fault), ERR_SYNTAX);
	ck_assert_str_eq(fault.why, why);
}

static void
check_accepted(void *ctx, const struct buf *b)
{
	struct json_fault fault = {0};
	struct json_object *o;
	enum err e = json_read(ctx, b->data, b->len, &o, &fault);

	ck_assert_msg(e == OK, "%u:%u %s", fault.line, fault.column, fault.why);
}

/* Text that repeats part n times between head and tail. */
static struct buf *
repeat(void *ctx, const char *head, const char *part, int n, const char *tail)
{
	struct buf *b = buf_new(ctx, 64);

	buf_str(b, head);
	for (int i = 0; i < n; i++)
		buf_str(b, part);
	buf_str(b, tail);
	return b;
}

START_TEST(accepts_what_rfc_8259_allows)
{
	const struct accepted *c = &accepted[_i];
	struct json_fault fault = {0};
	struct json_object *o;
	void *ctx = mem_ctx(NULL);
	int flags = JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE;

	ck_assert_msg(guard_copy(c->text, c->len, &fault) == OK, "%s: %s", c->text, fault.why);
	ck_assert_int_eq(json_read(ctx, c->text, c->len, &o, &fault), OK);
	ck_assert_str_eq(json_object_to_json_string_ext(o, flags), c->plain);
	talloc_free(ctx);
}
END_TEST

START_TEST(refuses_everything_else_and_says_where)
{
	const struct refused *c = &refused[_i];
	struct json_fault fault = {0};
	struct json_object *o = NULL;

	ck_assert_msg(guard_copy(c->text, c->len, &fault) == ERR_SYNTAX, "accepts %s", c->text);
	ck_assert_msg(strcmp(fault.why, c->why) == 0, "%s: %s", c->text, fault.why);
	ck_assert_msg(fault.line == c->line && fault.column == c->column, "%s: at %u:%u", c->text,
	    fault.line, fault.column);
	ck_assert_int_eq(json_read(NULL, c->text, c->len, &o, &fault), ERR_SYNTAX);
	ck_assert_ptr_null(o);
}
END_TEST

START_TEST(accepts_nesting_up_to_the_limit)
{
	static const char *const open[] = {"[", "{\"a\":", "[", "{\"a\":"};
	static const char *const core[] = {"", "0", "{}", "[]"};
	static const char *const close[] = {"]", "}", "]", "}"};
	void *ctx = mem_ctx(NULL);
	int fits = _i < 2 ? JSON_DEPTH : JSON_DEPTH - 1;

	for (int depth = fits; depth <= fits + 1; depth++) {
		struct buf *b = repeat(ctx, "", open[_i], depth, core[_i]);
		for (int i = 0; i < depth; i++)
			buf_str(b, close[_i]);
		if (depth == fits)
			check_accepted(ctx, b);
		else
			check_refused(b, "nesting is too deep");
	}
	check_refused(repeat(ctx, "", open[_i], 100000, ""), "nesting is too deep");
	talloc_free(ctx);
}
END_TEST

START_TEST(accepts_values_up_to_the_limit)
{
	void *ctx = mem_ctx(NULL);

	check_accepted(ctx, repeat(ctx, "[", "0,", JSON_VALUES - 2, "0]"));
	check_refused(repeat(ctx, "[", "0,", JSON_VALUES - 1, "0]"), "too many values");
	talloc_free(ctx);
}
END_TEST

START_TEST(refuses_millions_of_small_values)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *o = NULL;
	struct json_fault fault;
	struct buf *b = repeat(ctx, "[", "{},", 1024 * 1024 / 3, "{}]");

	ck_assert_int_eq(json_read(ctx, b->data, b->len, &o, &fault), ERR_SYNTAX);
	ck_assert_str_eq(fault.why, "too many values");
	ck_assert_uint_eq(fault.column, 2 + 3 * (JSON_VALUES - 1));
	ck_assert_ptr_null(o);
	talloc_free(ctx);
}
END_TEST

START_TEST(the_limit_of_keys_counts_decoded_bytes)
{
	static const char *const parts[] = {
		"k", "\\u006b", "\xc3\xa9", "\\u00e9", "\\ud83d\\ude00",
	};
	static const int sizes[] = {1, 1, 2, 2, 4};
	void *ctx = mem_ctx(NULL);
	int n = JSON_KEY / sizes[_i];

	check_accepted(ctx, repeat(ctx, "{\"", parts[_i], n, "\":1}"));
	check_refused(repeat(ctx, "{\"", parts[_i], n, "k\":1}"), "key is too long");
	check_refused(repeat(ctx, "{\"", parts[_i], 100000, "\":1}"), "key is too long");
	talloc_free(ctx);
}
END_TEST

START_TEST(refuses_numbers_over_the_limit_of_length)
{
	static const char *const heads[] = {"0.", "-1.", "0e", "-0.0e-"};
	void *ctx = mem_ctx(NULL);
	int n = JSON_NUMBER - (int)strlen(heads[_i]);

	check_accepted(ctx, repeat(ctx, heads[_i], "5", n, ""));
	check_refused(repeat(ctx, heads[_i], "5", n + 1, ""), "number is too long");
	check_refused(repeat(ctx, heads[_i], "5", 100000, ""), "number is too long");
	talloc_free(ctx);
}
END_TEST

/* Keys that differ only at their end, the last one as given. */
static struct buf *
many_keys(void *ctx, int n, const char *last)
{
	struct buf *b = buf_new(ctx, 64);

	for (int i = 0; i < n; i++)
		buf_printf(b, "%c\"the_same_long_beginning_%d\":0", i == 0 ? '{' : ',', i);
	buf_printf(b, ",\"%s\":0}", last);
	return b;
}

START_TEST(finds_one_duplicate_among_many_keys)
{
	void *ctx = mem_ctx(NULL);

	check_accepted(ctx, many_keys(ctx, JSON_VALUES - 2, "x"));
	check_refused(many_keys(ctx, JSON_VALUES - 2, "th\\u0065_same_long_beginning_777"),
	    "key appears twice");
	talloc_free(ctx);
}
END_TEST

START_TEST(a_value_is_freed_with_its_context)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *o;
	struct json_fault fault;

	ck_assert_int_eq(json_read(ctx, T("{\"a\":[1]}"), &o, &fault), OK);
	json_object_get(o);
	talloc_free(ctx);
	ck_assert_int_eq(json_object_put(o), 1);
}
END_TEST

START_TEST(null_reads_as_null)
{
	struct json_object *o = json_tokener_parse("{}");
	struct json_object *const before = o;
	struct json_fault fault;

	ck_assert_int_eq(json_read(NULL, T(" null "), &o, &fault), OK);
	ck_assert_ptr_null(o);
	json_object_put(before);
}
END_TEST

START_TEST(utf8_put_and_utf8_char_agree)
{
	char text[4];
	unsigned wrong = 0;

	for (unsigned c = 0; c <= 0x10ffff; c++) {
		size_t n = utf8_encode(text, c);
		bool surrogate = c >= 0xd800 && c <= 0xdfff;
		wrong += utf8_char(text, n) != (surrogate ? 0 : n);
		wrong += n > 1 && utf8_valid(text, n - 1);
	}
	ck_assert_uint_eq(wrong, 0);
	ck_assert(utf8_valid("", 0));
	ck_assert(utf8_valid(T("a\0\xc3\xa9z")));
	ck_assert(!utf8_valid(T("a\xc0\x80")));
}
END_TEST

Suite *
json_suite(void)
{
	Suite *suite = suite_create("json");
	TCase *t = tcase_create("json");

	tcase_add_loop_test(t, accepts_what_rfc_8259_allows, 0, COUNT(accepted));
	tcase_add_loop_test(t, refuses_everything_else_and_says_where, 0, COUNT(refused));
	tcase_add_loop_test(t, accepts_nesting_up_to_the_limit, 0, 4);
	tcase_add_test(t, accepts_values_up_to_the_limit);
	tcase_add_test(t, refuses_millions_of_small_values);
	tcase_add_loop_test(t, the_limit_of_keys_counts_decoded_bytes, 0, 5);
	tcase_add_loop_test(t, refuses_numbers_over_the_limit_of_length, 0, 4);
	tcase_add_test(t, finds_one_duplicate_among_many_keys);
	tcase_add_test(t, a_value_is_freed_with_its_context);
	tcase_add_test(t, null_reads_as_null);
	tcase_add_test(t, utf8_put_and_utf8_char_agree);
	suite_add_tcase(suite, t);
	return suite;
}
