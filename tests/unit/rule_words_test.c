/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rules in words.
 */
#include "view/rule_words.h"

#include "base/mem.h"
#include "suites.h"

#define A(test) "{\"attribute\":{\"path\":\"a\"," test "}}"
#define T(test) "{\"tag\":{\"scope\":\"course:x\",\"key\":\"quiz.grade\"," test "}}"
#define X(test) "{\"alternative\":{\"experiment\":\"e\"," test "}}"
#define K(test) "{\"kind\":{" test "}}"
#define EQ1 "\"eq\":1"

static const struct {
	const char *rule, *words;
} spoken[] = {
	{"{\"all\":[{\"group\":{\"segmentation\":\"disc\",\"eq\":\"one\"}},"
	 "{\"not\":{\"attribute\":{\"path\":\"age\",\"lt\":18}}}]}",
	    "group of disc is \"one\" and not (age < 18)"},
	{T("\"gte\":50"), "tag quiz.grade of course:x >= 50"},
	{X("\"nin\":[\"a\",\"b/c\"]"), "alternative of e is none of \"a\", \"b/c\""},
	{K("\"in\":[\"user\"]"), "kind is one of \"user\""},
	{A("\"exists\":true"), "a is known"},
	{A("\"exists\":false"), "a is not known"},
	{A("\"ne\":true"), "a is not true"},
	{A("\"lte\":1.5"), "a <= 1.5"},
	{A("\"gt\":1"), "a > 1"},
	{A("\"starts_with\":\"x\""), "a starts with \"x\""},
	{"{\"any\":[" A(EQ1) ",{\"all\":[" A(EQ1) "," A("\"eq\":2") "]}]}",
	    "a is 1 or (a is 1 and a is 2)"},
	{"{\"all\":[{\"any\":[" A(EQ1) "]},{\"any\":[" A(EQ1) "," A("\"eq\":2") "]}]}",
	    "a is 1 and (a is 1 or a is 2)"},
	{"{\"not\":{\"any\":[" A(EQ1) "," A("\"eq\":2") "]}}", "not (a is 1 or a is 2)"},
	{"{\"not\":{\"not\":" A(EQ1) "}}", "not (not (a is 1))"},
};

START_TEST(rules_are_put_into_words)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *rule = mem_json(ctx, json_tokener_parse(spoken[_i].rule));

	ck_assert_str_eq(rule_words(ctx, rule), spoken[_i].words);
	talloc_free(ctx);
}
END_TEST

Suite *
rule_words_suite(void)
{
	Suite *s = suite_create("rule_words");
	TCase *t = tcase_create("rule_words");

	tcase_add_loop_test(t, rules_are_put_into_words, 0, ROWS(spoken));
	suite_add_tcase(s, t);
	return s;
}
