/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rules: what is refused and with which pointer, and every test on hand-made subjects.
 */
#include "core/audience/rule.h"

#include <string.h>

#include "base/mem.h"
#include "core/audience/subject_terms.h"
#include "given.h"
#include "suites.h"

static void *ctx;

static void
new_context(void)
{
	ctx = mem_ctx(NULL);
}

static void
free_context(void)
{
	talloc_free(ctx);
}

#define A(test) "{\"attribute\":{\"path\":\"a\"," test "}}"
#define G(test) "{\"group\":{\"segmentation\":\"s\"," test "}}"
#define T(test) "{\"tag\":{\"scope\":\"course:x\",\"key\":\"quiz.grade\"," test "}}"
#define X(test) "{\"alternative\":{\"experiment\":\"e\"," test "}}"
#define K(test) "{\"kind\":{" test "}}"
#define EQ1 "\"eq\":1"
#define LONG_TEXT \
	"0123456789012345678901234567890123456789012345678901234567890123456789" \
	"0123456789012345678901234567890123456789012345678901234567890123456789" \
	"0123456789012345678901234567890123456789012345678901234567890"

static const struct {
	const char *rule, *pointers;
} bad[] = {
	/* Shapes. */
	{"5", ""},
	{"null", ""},
	{"[]", ""},
	{"{}", ""},
	{"{\"all\":[" A(EQ1) "],\"any\":[" A(EQ1) "]}", ""},
	{"{\"xor\":[]}", ""},
	{"{\"All\":[]}", ""},
	{"{\"all\":[]}", "/all"},
	{"{\"all\":{}}", "/all"},
	{"{\"any\":" A(EQ1) "}", "/any"},
	{"{\"any\":[" A(EQ1) ",5,{}]}", "/any/1 /any/2"},
	{"{\"not\":[" A(EQ1) "]}", "/not"},
	{"{\"not\":null}", "/not"},
	{"{\"all\":[{\"not\":{\"any\":[" A(EQ1) ",{\"all\":[0]}]}}]}", "/all/0/not/any/1/all/0"},
	/* The thing that a term tests. */
	{"{\"attribute\":5}", "/attribute"},
	{"{\"attribute\":{" EQ1 "}}", "/attribute/path"},
	{"{\"attribute\":{\"path\":5," EQ1 "}}", "/attribute/path"},
	{"{\"attribute\":{\"path\":\"\"," EQ1 "}}", "/attribute/path"},
	{"{\"attribute\":{\"path\":\"a\\nb\"," EQ1 "}}", "/attribute/path"},
	{"{\"tag\":{" EQ1 "}}", "/tag/scope /tag/key"},
	{"{\"tag\":{\"scope\":\"global\"," EQ1 "}}", "/tag/key"},
	{"{\"group\":{\"segmentation\":null," EQ1 "}}", "/group/segmentation"},
	{"{\"alternative\":{" EQ1 "}}", "/alternative/experiment"},
	{"{\"kind\":\"user\"}", "/kind"},
	/* A term has one test, of those that exist. */
	{"{\"attribute\":{\"path\":\"a\"}}", "/attribute"},
	{A("\"eq\":1,\"ne\":2"), "/attribute"},
	{A("\"eq\":1,\"x\":2"), "/attribute/x"},
	{A("\"=\":1"), "/attribute/="},
	{A("\"EQ\":1"), "/attribute/EQ"},
	{A("\"eq\":null"), "/attribute/eq"},
	{A("\"eq\":[1]"), "/attribute/eq"},
	{A("\"eq\":{}"), "/attribute/eq"},
	{A("\"ne\":[1]"), "/attribute/ne"},
	{A("\"in\":1"), "/attribute/in"},
	{A("\"in\":[]"), "/attribute/in"},
	{A("\"in\":[1,null,\"x\",[]]"), "/attribute/in/1 /attribute/in/3"},
	{A("\"nin\":\"x\""), "/attribute/nin"},
	{A("\"nin\":[{}]"), "/attribute/nin/0"},
	{A("\"lt\":true"), "/attribute/lt"},
	{A("\"lte\":null"), "/attribute/lte"},
	{A("\"gt\":[1]"), "/attribute/gt"},
	{A("\"gte\":{}"), "/attribute/gte"},
	{A("\"exists\":1"), "/attribute/exists"},
	{A("\"exists\":\"true\""), "/attribute/exists"},
	{A("\"starts_with\":5"), "/attribute/starts_with"},
	{A("\"starts_with\":\"\""), "/attribute/starts_with"},
	{A("\"starts_with\":\"" LONG_TEXT "\""), "/attribute/starts_with"},
	{T("\"lt\":null"), "/tag/lt"},
	/* Names have no order. */
	{G("\"lt\":\"b\""), "/group/lt"},
	{G("\"gte\":1"), "/group/gte"},
	{X("\"gt\":\"b\""), "/alternative/gt"},
	{K("\"lte\":\"user\""), "/kind/lte"},
	/* All problems are reported at once. */
	{"{\"all\":[" A("\"eq\":null") "," G("\"lt\":1") "," K("\"x\":1") "]}",
	    "/all/0/attribute/eq /all/1/group/lt /all/2/kind/x"},
};

START_TEST(malformed_rules_are_refused_with_all_pointers)
{
	struct problems *p = problem_new(ctx);

	ck_assert_ptr_null(rule_read(ctx, given_json(ctx, bad[_i].rule), "", p));
	ck_assert_uint_gt(problem_count(p), 0);
	ck_assert_str_eq(given_pointers(ctx, p), bad[_i].pointers);
}
END_TEST

/* A rule nested so deep. */
static const char *
nested_rule(int depth)
{
	const char *out = A(EQ1);

	for (int i = 1; i < depth; i++)
		out = mem_printf(ctx, i % 2 ? "{\"not\":%s}" : "{\"any\":[%s]}", out);
	return out;
}

START_TEST(rules_nest_at_most_8_levels)
{
	struct problems *p = problem_new(ctx);

	ck_assert_ptr_nonnull(rule_read(ctx, given_json(ctx, nested_rule(8)), "", p));
	ck_assert_ptr_null(rule_read(ctx, given_json(ctx, nested_rule(9)), "", p));
	ck_assert_str_eq(given_pointers(ctx, p), "/any/0/not/any/0/not/any/0/not/any/0/not");
}
END_TEST

/* A rule of so many terms. */
static const char *
rule_of_terms(int terms)
{
	char *out = mem_dup(ctx, A(EQ1));

	for (int i = 1; i < terms; i++)
		out = mem_printf(ctx, "%s," G("\"eq\":\"x\""), out);
	return mem_printf(ctx, "{\"any\":[%s]}", out);
}

START_TEST(a_rule_has_at_most_100_terms)
{
	struct problems *p = problem_new(ctx);

	ck_assert_ptr_nonnull(rule_read(ctx, given_json(ctx, rule_of_terms(100)), "", p));
	ck_assert_ptr_null(rule_read(ctx, given_json(ctx, rule_of_terms(101)), "", p));
	ck_assert_str_eq(given_pointers(ctx, p), "/any/100/group");
}
END_TEST

/* A subject: attributes a, and beyond them a tag, groups, an alternative and its kind. */
static const struct terms *
make_subject(const char *attributes, const char *tag)
{
	struct terms_extra *extra = mem_array(ctx, struct terms_extra, 4);

	extra[0] = (struct terms_extra){subject_terms_kind(), subject_terms_exact(ctx, "user")};
	extra[1] =
	    (struct terms_extra){subject_terms_group(ctx, "s"), subject_terms_exact(ctx, "One")};
	extra[2] = (struct terms_extra){
	    subject_terms_alternative(ctx, "e"), subject_terms_exact(ctx, "B")};
	extra[3] = (struct terms_extra){subject_terms_tag(ctx, "course:x", "quiz.grade"),
		tag == NULL ? NULL : given_json(ctx, tag)};
	return terms_join(ctx, given_json(ctx, attributes), extra, tag == NULL ? 3 : 4);
}

static const struct {
	const char *rule;
	const char *attributes; /* or the tag, of a rule on a tag; NULL: as if there were none */
	bool holds;
} decided[] = {
	/* Attributes: every test on every type; texts fold letters, numbers are not texts. */
	{A("\"eq\":\"SunBird\""), "{\"a\":\"sunBIRD\"}", true},
	{A("\"eq\":\"sunbird\""), "{\"a\":\"sunbirds\"}", false},
	{A("\"eq\":12"), "{\"a\":12.0}", true},
	{A("\"eq\":12"), "{\"a\":\"12\"}", false},
	{A("\"eq\":true"), "{\"a\":true}", true},
	{A("\"eq\":true"), "{\"a\":\"true\"}", false},
	{A("\"eq\":\"x\""), "{\"a\":[\"y\",\"x\"]}", true},
	{A("\"ne\":\"x\""), "{\"a\":\"y\"}", true},
	{A("\"ne\":\"x\""), "{\"a\":\"X\"}", false},
	{A("\"ne\":\"x\""), "{\"a\":[\"y\",\"x\"]}", false},
	{A("\"in\":[1,\"x\"]"), "{\"a\":\"X\"}", true},
	{A("\"in\":[1,\"x\"]"), "{\"a\":2}", false},
	{A("\"nin\":[1,\"x\"]"), "{\"a\":2}", true},
	{A("\"nin\":[1,\"x\"]"), "{\"a\":1}", false},
	{A("\"lt\":5"), "{\"a\":4.9}", true},
	{A("\"lt\":5"), "{\"a\":5}", false},
	{A("\"lt\":5"), "{\"a\":\"4\"}", true},
	{A("\"lte\":5"), "{\"a\":5.0}", true},
	{A("\"lte\":5"), "{\"a\":5.1}", false},
	{A("\"gt\":5"), "{\"a\":5}", false},
	{A("\"gt\":5"), "{\"a\":6}", true},
	{A("\"gte\":5"), "{\"a\":5}", true},
	{A("\"gte\":5"), "{\"a\":4}", false},
	{A("\"lt\":\"m\""), "{\"a\":\"K\"}", true},
	{A("\"gte\":\"m\""), "{\"a\":\"K\"}", false},
	{A("\"lte\":\"2019-02-18\""), "{\"a\":\"2019-02-18T23:59:59.999Z\"}", true},
	{A("\"gt\":\"2019-02-18\""), "{\"a\":\"2019-02-18T23:59:59.999Z\"}", false},
	{A("\"starts_with\":\"SUN\""), "{\"a\":\"sunbird\"}", true},
	{A("\"starts_with\":\"sun\""), "{\"a\":\"a sun\"}", false},
	{A("\"starts_with\":\"1\""), "{\"a\":12}", false},
	{A("\"exists\":true"), "{\"a\":\"\"}", true},
	{A("\"exists\":true"), "{\"a\":[]}", true},
	{A("\"exists\":false"), "{\"a\":false}", false},
	/* A missing value fails every test but exists: false. */
	{A("\"eq\":1"), NULL, false},
	{A("\"ne\":1"), NULL, false},
	{A("\"ne\":1"), "{\"a\":null}", false},
	{A("\"in\":[1]"), NULL, false},
	{A("\"nin\":[1]"), NULL, false},
	{A("\"lt\":1"), NULL, false},
	{A("\"lte\":1"), NULL, false},
	{A("\"gt\":1"), NULL, false},
	{A("\"gte\":1"), NULL, false},
	{A("\"starts_with\":\"x\""), NULL, false},
	{A("\"exists\":true"), NULL, false},
	{A("\"exists\":true"), "{\"a\":null}", false},
	{A("\"exists\":false"), NULL, true},
	{A("\"exists\":false"), "{\"ab\":1,\"b\":{\"a\":1}}", true},
	{"{\"not\":" A("\"ne\":1") "}", NULL, true},
	/* Tags are as attributes, of any JSON; scope and key are theirs alone. */
	{T("\"gte\":50"), "50", true},
	{T("\"gte\":50"), "49", false},
	{T("\"eq\":\"A\""), "\"a\"", true},
	{T("\"eq\":\"a\""), "[\"b\",\"a\"]", true},
	{T("\"exists\":true"), "{\"x\":1}", true},
	{T("\"exists\":true"), NULL, false},
	{T("\"exists\":false"), NULL, true},
	{T("\"nin\":[1]"), NULL, false},
	{"{\"tag\":{\"scope\":\"course:X\",\"key\":\"quiz.grade\",\"eq\":1}}", "1", false},
	{"{\"tag\":{\"scope\":\"global\",\"key\":\"quiz.grade\",\"eq\":1}}", "1", false},
	{"{\"tag\":{\"scope\":\"course\",\"key\":\"x:quiz.grade\",\"eq\":1}}", "1", true},
	/* Names of groups and alternatives: their case counts. */
	{G("\"eq\":\"One\""), NULL, true},
	{G("\"eq\":\"one\""), NULL, false},
	{G("\"ne\":\"one\""), NULL, true},
	{G("\"in\":[\"x\",\"One\"]"), NULL, true},
	{G("\"nin\":[\"x\",\"One\"]"), NULL, false},
	{G("\"starts_with\":\"On\""), NULL, true},
	{G("\"starts_with\":\"on\""), NULL, false},
	{G("\"exists\":true"), NULL, true},
	{"{\"group\":{\"segmentation\":\"S\",\"exists\":true}}", NULL, false},
	{"{\"group\":{\"segmentation\":\"S\",\"ne\":\"x\"}}", NULL, false},
	{X("\"eq\":\"B\""), NULL, true},
	{X("\"eq\":\"b\""), NULL, false},
	{"{\"alternative\":{\"experiment\":\"s\",\"exists\":true}}", NULL, false},
	{K("\"eq\":\"user\""), NULL, true},
	{K("\"in\":[\"device\",\"session\"]"), NULL, false},
	/* An attribute cannot pass for a group, tag or alternative. */
	{G("\"eq\":\"two\""), "{\"#group:s\":\"two\",\"group:s\":\"two\"}", false},
	/* Of all, any and not. */
	{"{\"all\":[" A("\"eq\":1") "," G("\"eq\":\"One\"") "]}", "{\"a\":1}", true},
	{"{\"all\":[" A("\"eq\":1") "," G("\"eq\":\"One\"") "]}", "{\"a\":2}", false},
	{"{\"any\":[" A("\"eq\":1") "," G("\"eq\":\"one\"") "]}", "{\"a\":1}", true},
	{"{\"any\":[" A("\"eq\":1") "," G("\"eq\":\"one\"") "]}", "{\"a\":2}", false},
	{"{\"not\":{\"not\":" A("\"eq\":1") "}}", "{\"a\":1}", true},
	{"{\"not\":{\"all\":[" A("\"eq\":1") "]}}", "{\"a\":1}", false},
};

START_TEST(holds_for_a_subject_as_expected)
{
	struct problems *p = problem_new(ctx);
	struct rule *r = rule_read(ctx, given_json(ctx, decided[_i].rule), "", p);
	bool tag = strstr(decided[_i].rule, "\"tag\"") != NULL;
	const char *value = decided[_i].attributes;

	ck_assert_msg(r != NULL, "%s: %s", decided[_i].rule, given_pointers(ctx, p));
	const struct terms *t =
	    make_subject(tag || value == NULL ? "{}" : value, tag ? value : NULL);
	ck_assert_msg(rule_holds(r, t) == decided[_i].holds, "%s on %s", decided[_i].rule,
	    value == NULL ? "nothing" : value);
}
END_TEST

START_TEST(lists_its_references_with_their_pointers)
{
	struct problems *p = problem_new(ctx);
	struct rule *r = rule_read(ctx,
	    given_json(ctx,
		"{\"all\":[" G("\"in\":[\"x\",\"y\"]") "," A(EQ1) "," X(
		    "\"starts_with\":\"x\"") "]}"),
	    "/rule", p);
	const struct rule_reference *group = rule_reference(r, 0);
	const struct rule_reference *alternative = rule_reference(r, 1);

	ck_assert_str_eq(json_object_get_string(rule_needs(ctx, r)), "[ \"s\" ]");
	ck_assert_int_eq(group->target, RULE_SEGMENTATION);
	ck_assert_str_eq(group->at, "/rule/all/0/group");
	ck_assert_str_eq(json_object_get_string(group->wanted), "[ \"x\", \"y\" ]");
	ck_assert_int_eq(alternative->target, RULE_EXPERIMENT);
	ck_assert_str_eq(alternative->id, "e");
	ck_assert_ptr_null(alternative->wanted);
	ck_assert_ptr_null(rule_reference(r, 2));
}
END_TEST

Suite *
rule_suite(void)
{
	Suite *s = suite_create("rule");
	TCase *t = tcase_create("rule");

	tcase_add_checked_fixture(t, new_context, free_context);
	tcase_add_loop_test(t, malformed_rules_are_refused_with_all_pointers, 0, ROWS(bad));
	tcase_add_test(t, rules_nest_at_most_8_levels);
	tcase_add_test(t, a_rule_has_at_most_100_terms);
	tcase_add_loop_test(t, holds_for_a_subject_as_expected, 0, ROWS(decided));
	tcase_add_test(t, lists_its_references_with_their_pointers);
	suite_add_tcase(s, t);
	return s;
}
