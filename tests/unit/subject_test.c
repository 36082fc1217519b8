/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Texts and ids from outside: their limits, allowed characters, and the subject that a body names.
 */
#include "core/subject/subject.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "suites.h"

#define CONTROL "must not contain control characters"
#define NOTHING "is what a program sends when it has no id"

/* The fault of a copy in an allocation of its own: a sanitizer notices a read beyond its NUL. */
static const char *
text_of(void *ctx, const char *s, size_t n, size_t max)
{
	char *tight = malloc(n + 1);

	ck_assert_ptr_nonnull(tight);
	memcpy(tight, s, n);
	tight[n] = '\0';
	const char *fault = text_fault(ctx, tight, n, max);
	free(tight);
	return fault;
}

static void
check_fault(const char *fault, const char *expected)
{
	ck_assert_msg((fault == NULL) == (expected == NULL), "%s, not %s", fault, expected);
	if (fault != NULL)
		ck_assert_str_eq(fault, expected);
}

static const struct {
	const char *text;
	size_t n;
	const char *fault;
} texts[] = {
    {"", 0, "must not be empty"},
    {"a", 1, NULL},
    {"12345678", 8, NULL},
    {"123456789", 9, "must be at most 8 bytes long"},
    {" ", 1, NULL},
    {" a b ", 5, NULL},
    {"\xc3\xa9", 2, NULL},
    {"\xc2\xa0", 2, NULL}, /* U+00A0 is the first that is none */
    {"\xc2\xbf", 2, NULL},
    {"\xe2\x80\xae", 3, NULL}, /* turns writing round, but is a Cf */
    {"\xf0\x9f\x98\x80", 4, NULL},
    {"\xc3\x82\xc3\x80", 4, NULL}, /* tails like those of a control character */
    {"\xe1\x82\x85", 3, NULL},
    {"~}", 2, NULL},
    {"\0", 1, CONTROL},
    {"a\0b", 3, CONTROL},
    {"\x01", 1, CONTROL},
    {"\t", 1, CONTROL},
    {"\n", 1, CONTROL},
    {"a\r", 2, CONTROL},
    {"\x1f", 1, CONTROL},
    {"\x7f", 1, CONTROL},
    {"ab\x7f", 3, CONTROL},
    {"\xc2\x80", 2, CONTROL},
    {"\xc2\x85", 2, CONTROL},
    {"\xc2\x9f", 2, CONTROL},
    {"a\xc2\x85z", 4, CONTROL},
};

START_TEST(texts_are_short_and_without_control_characters)
{
	void *ctx = mem_ctx(NULL);

	check_fault(text_of(ctx, texts[_i].text, texts[_i].n, 8), texts[_i].fault);
	struct json_object *o =
	    mem_json(ctx, json_object_new_string_len(texts[_i].text, (int)texts[_i].n));
	check_fault(text_fault_json(ctx, o, 8), texts[_i].fault);
	talloc_free(ctx);
}
END_TEST

static const char *const no_strings[] = {"null", "7", "7.5", "true", "[]", "[\"a\"]", "{}"};

START_TEST(a_text_must_be_a_string)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *o = mem_json(ctx, json_tokener_parse(no_strings[_i]));

	check_fault(text_fault_json(ctx, o, 8), "must be a string");
	talloc_free(ctx);
}
END_TEST

static const struct {
	int bytes;
	const char *fault;
} lengths[] = {
    {0, "must not be empty"},
    {1, NULL},
    {127, NULL},
    {128, NULL},
    {129, "must be at most 128 bytes long"},
    {100000, "must be at most 128 bytes long"},
};

START_TEST(an_id_has_1_to_128_bytes)
{
	void *ctx = mem_ctx(NULL);
	char *id = mem_array(ctx, char, lengths[_i].bytes + 1);

	memset(id, 'x', (size_t)lengths[_i].bytes);
	id[lengths[_i].bytes] = '\0';
	check_fault(subject_fault(ctx, id, strlen(id)), lengths[_i].fault);
	talloc_free(ctx);
}
END_TEST

static const struct {
	const char *id;
	const char *fault;
} ids[] = {
    {"019mr8mf4r", NULL},
    {"a/b%c d+e", NULL},
    {"\xc3\xa9", NULL},
    {"u:42", NULL},
    {"0", NULL},
    {"null", NOTHING},
    {"undefined", NOTHING},
    {"NaN", NOTHING},
    {"[object Object]", NOTHING},
    {".", "must not be . or .., which no path can name"},
    {"..", "must not be . or .., which no path can name"},
    {"...", NULL},
    /* Only these words, only whole, only in this case. */
    {"Null", NULL},
    {"NULL", NULL},
    {"nullx", NULL},
    {"nul", NULL},
    {"nan", NULL},
    {"Undefined", NULL},
    {"[object object]", NULL},
    {" null", NULL},
    {"a\nb", CONTROL},
    {"a\x7f", CONTROL},
    {"\xc2\x85", CONTROL},
};

START_TEST(an_id_must_not_be_a_word_like_null)
{
	void *ctx = mem_ctx(NULL);

	check_fault(subject_fault(ctx, ids[_i].id, strlen(ids[_i].id)), ids[_i].fault);
	talloc_free(ctx);
}
END_TEST

START_TEST(kinds_have_a_field_and_a_prefix)
{
	static const char *const fields[] = {"user_id", "device_id", "session_id"};
	static const char *const subjects[] = {"u:7:x", "d:7:x", "s:7:x"};
	void *ctx = mem_ctx(NULL);

	ck_assert_str_eq(subject_field((enum subject_kind)_i), fields[_i]);
	ck_assert_str_eq(subject_text(ctx, (enum subject_kind)_i, "7:x"), subjects[_i]);
	talloc_free(ctx);
}
END_TEST

enum { U = 1u << SUBJECT_USER, D = 1u << SUBJECT_DEVICE, S = 1u << SUBJECT_SESSION };

static const struct {
	const char *body;
	unsigned allowed;
	const char *subject; /* NULL: none, for the reason below */
	const char *pointer;
	const char *detail;
} bodies[] = {
    {"{\"user_id\":\"7\"}", U | D | S, "u:7", NULL, NULL},
    {"{\"device_id\":\"7\"}", U | D | S, "d:7", NULL, NULL},
    {"{\"session_id\":\"7\",\"x\":1}", U | S, "s:7", NULL, NULL},
    {"{\"user_id\":\"7\"}", U, "u:7", NULL, NULL},
    /* None, or more than one, also where one of them is empty. */
    {"{}", U, NULL, "/3/user_id", "name exactly one of user_id"},
    {"{\"x\":\"7\"}", U | S, NULL, "/3/user_id", "name exactly one of user_id or session_id"},
    {"{\"user_id\":\"7\",\"session_id\":\"7\"}", U | D | S, NULL, "/3/user_id",
	"name exactly one of user_id or device_id or session_id"},
    {"{\"user_id\":\"7\",\"device_id\":null}", U | S, NULL, "/3/user_id",
	"name exactly one of user_id or session_id"},
    /* One, but of a kind that is not wanted here. */
    {"{\"device_id\":\"7\"}", U | S, NULL, "/3/device_id",
	"name exactly one of user_id or session_id"},
    {"{\"user_id\":\"7\"}", S, NULL, "/3/user_id", "name exactly one of session_id"},
    /* One, but bad. */
    {"{\"user_id\":null}", U, NULL, "/3/user_id", "must be a string"},
    {"{\"user_id\":7}", U, NULL, "/3/user_id", "must be a string"},
    {"{\"user_id\":[\"7\"]}", U, NULL, "/3/user_id", "must be a string"},
    {"{\"session_id\":\"\"}", S, NULL, "/3/session_id", "must not be empty"},
    {"{\"user_id\":\"undefined\"}", U, NULL, "/3/user_id", NOTHING},
    {"{\"user_id\":\"a\\nb\"}", U, NULL, "/3/user_id", CONTROL},
    {"{\"user_id\":\"a\\u0000b\"}", U, NULL, "/3/user_id", CONTROL},
};

START_TEST(a_body_names_exactly_one_subject)
{
	void *ctx = mem_ctx(NULL);
	struct problems *p = problem_new(ctx);
	struct json_object *body = mem_json(ctx, json_tokener_parse(bodies[_i].body));
	const char *subject = subject_read(ctx, body, bodies[_i].allowed, "/3", p);

	ck_assert_pstr_eq(subject, bodies[_i].subject);
	ck_assert_uint_eq(problem_count(p), subject == NULL);
	if (subject == NULL) {
		struct json_object *o = json_object_array_get_idx(p->list, 0);
		ck_assert_str_eq(json_object_get_string(json_object_object_get(o, "pointer")),
		    bodies[_i].pointer);
		ck_assert_str_eq(
		    json_object_get_string(json_object_object_get(o, "detail")), bodies[_i].detail);
	}
	talloc_free(ctx);
}
END_TEST

START_TEST(a_kind_is_named_by_its_exact_word)
{
	static const struct {
		const char *word;
		int kind; /* -1: none */
	} words[] = {{"user", SUBJECT_USER}, {"device", SUBJECT_DEVICE},
	    {"session", SUBJECT_SESSION}, {"", -1}, {"use", -1}, {"user_id", -1}, {"user_", -1},
	    {"User", -1}, {"multi", -1}};
	enum subject_kind kind;

	for (int i = 0; i < ROWS(words); i++) {
		ck_assert_int_eq(subject_kind_named(words[i].word, &kind), words[i].kind >= 0);
		if (words[i].kind >= 0)
			ck_assert_int_eq(kind, words[i].kind);
	}
}
END_TEST

Suite *
subject_suite(void)
{
	Suite *s = suite_create("subject");
	TCase *t = tcase_create("text");

	tcase_add_loop_test(t, texts_are_short_and_without_control_characters, 0, ROWS(texts));
	tcase_add_loop_test(t, a_text_must_be_a_string, 0, ROWS(no_strings));
	suite_add_tcase(s, t);

	t = tcase_create("subject");
	tcase_add_loop_test(t, an_id_has_1_to_128_bytes, 0, ROWS(lengths));
	tcase_add_loop_test(t, an_id_must_not_be_a_word_like_null, 0, ROWS(ids));
	tcase_add_test(t, a_kind_is_named_by_its_exact_word);
	tcase_add_loop_test(t, kinds_have_a_field_and_a_prefix, 0, SUBJECT__MAX);
	tcase_add_loop_test(t, a_body_names_exactly_one_subject, 0, ROWS(bodies));
	suite_add_tcase(s, t);
	return s;
}
