/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Segmentations: what is refused and with which pointer, numbers of groups, the draw, and the
 * first matching rule.
 */
#include "core/audience/segmentation.h"

#include <string.h>

#include "base/mem.h"
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

#define SEG(type, more) "{\"id\":\"s\",\"name\":\"n\",\"type\":\"" type "\"," more "}"
#define ONE "\"groups\":[{\"name\":\"a\"}]"
#define RULE "{\"kind\":{\"eq\":\"user\"}}"

static const struct {
	const char *text;
	const char *pointers; /* of all problems; NULL: it is good */
} read[] = {
	{SEG("random", ONE), NULL},
	{SEG("random", "\"groups\":[]"), NULL},
	{SEG("manual", ONE ",\"overlap\":true,\"active\":false,\"context\":\"course:x\""), NULL},
	{SEG("manual", ONE ",\"parameters\":{\"x\":1},\"unknown\":1"), NULL},
	{SEG("rule", "\"groups\":[{\"name\":\"a\",\"rule\":" RULE "}]"), NULL},
	{SEG("rule", ONE ",\"rule\":" RULE), NULL},
	{SEG("random", "\"groups\":[{\"id\":\"70\",\"name\":\"a\"}]"), NULL},
	{"5", ""},
	{"{}", "/id /name /type /groups"},
	{"{\"id\":\"a b\",\"name\":\"\",\"type\":\"experiment\",\"groups\":{}}",
	    "/id /name /type /groups"},
	{"{\"id\":\"export.csv\",\"name\":\"n\",\"type\":\"random\"," ONE "}", "/id"},
	{SEG("Random", ONE), "/type"},
	{SEG("random", ONE ",\"overlap\":true"), "/overlap"},
	{SEG("manual", ONE ",\"overlap\":1"), "/overlap"},
	{SEG("manual", ONE ",\"active\":\"yes\""), "/active"},
	{SEG("manual", ONE ",\"parameters\":[]"), "/parameters"},
	{SEG("manual", ONE ",\"context\":5"), "/context"},
	{SEG("manual", "\"groups\":[5,{},{\"name\":\"\"},{\"name\":\"a\",\"id\":-1}]"),
	    "/groups/0 /groups/1/name /groups/2/name /groups/3/id"},
	{SEG("manual", "\"groups\":[{\"name\":\"a\",\"id\":1.5}]"), "/groups/0/id"},
	{SEG("manual", "\"groups\":[{\"name\":\"a\"},{\"name\":\"a\"}]"), "/groups/1"},
	{SEG("manual", "\"groups\":[{\"name\":\"a\",\"id\":3},{\"name\":\"b\",\"id\":\"3\"}]"),
	    "/groups/1"},
	{SEG("manual", "\"groups\":[{\"name\":\"a\",\"rule\":" RULE "}]"), "/groups/0/rule"},
	{SEG("random", ONE ",\"rule\":" RULE), "/rule"},
	{SEG("rule", ONE), "/groups/0/rule"},
	{SEG("rule", "\"groups\":[{\"name\":\"a\"},{\"name\":\"b\"}],\"rule\":" RULE), "/rule"},
	{SEG("rule", "\"groups\":[{\"name\":\"a\",\"rule\":{\"any\":[{\"kind\":{\"lt\":1}}]}}]"),
	    "/groups/0/rule/any/0/kind/lt"},
};

START_TEST(a_definition_is_read_or_refused_with_all_pointers)
{
	struct problems *p = problem_new(ctx);
	struct segmentation_definition d;
	bool good = segmentation_read(given_json(ctx, read[_i].text), 0, p, &d);

	ck_assert_str_eq(
	    given_pointers(ctx, p), read[_i].pointers == NULL ? "" : read[_i].pointers);
	ck_assert_int_eq(good, read[_i].pointers == NULL);
}
END_TEST

START_TEST(new_groups_get_a_number_never_used_before)
{
	struct segmentation_definition d;

	ck_assert(segmentation_read(given_json(ctx, SEG("manual", "\"groups\":[{\"name\":\"a\"},"
	    "{\"id\":9,\"name\":\"b\"},{\"name\":\"c\"},{\"id\":\"2\",\"name\":\"d\"}]")), 4,
	    problem_new(ctx), &d));
	ck_assert_str_eq(json_object_to_json_string_ext(d.groups, JSON_C_TO_STRING_PLAIN),
	    "[{\"id\":4,\"name\":\"a\"},{\"id\":9,\"name\":\"b\"},{\"id\":10,\"name\":\"c\"},"
	    "{\"id\":2,\"name\":\"d\"}]");
	ck_assert_int_eq(d.next_group, 11);
	ck_assert_str_eq(d.context, "global");
	ck_assert(d.active && !d.overlap);
}
END_TEST

START_TEST(references_of_rules_are_recorded)
{
	struct segmentation_definition d;

	ck_assert(segmentation_read(given_json(ctx, SEG("rule", "\"groups\":["
	    "{\"name\":\"a\",\"rule\":{\"group\":{\"segmentation\":\"x\",\"eq\":\"g\"}}},"
	    "{\"name\":\"b\",\"rule\":{\"not\":{\"alternative\":{\"experiment\":\"y\","
	    "\"exists\":true}}}}]")), 0, problem_new(ctx), &d));
	ck_assert_str_eq(
	    json_object_to_json_string_ext(d.uses, JSON_C_TO_STRING_PLAIN), "[\"x\",\"y\"]");
	ck_assert_str_eq(json_object_to_json_string_ext(d.references,
	    JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE),
	    "[{\"at\":\"/groups/0/rule/group\",\"target\":\"segmentation\",\"id\":\"x\","
	    "\"wanted\":\"g\"},{\"at\":\"/groups/1/rule/not/alternative\","
	    "\"target\":\"experiment\",\"id\":\"y\",\"wanted\":null}]");
}
END_TEST

static struct group three[] = {{5, "a", NULL}, {0, "b", NULL}, {7, "c", NULL}};

START_TEST(a_draw_depends_on_salt_and_id_only_and_is_even)
{
	struct segmentation s = {.id = "s", .salt = "one", .n = 3, .groups = three};
	struct segmentation other = {.id = "s", .salt = "two", .n = 3, .groups = three};
	int drawn[3] = {0}, same = 0;

	for (int i = 0; i < 3000; i++) {
		const char *id = mem_printf(ctx, "user-%d", i);
		const struct group *g = segmentation_draw(&s, id);
		ck_assert_ptr_eq(g, segmentation_draw(&s, id));
		drawn[g - three]++;
		same += g == segmentation_draw(&other, id);
	}
	/* The hash is fixed, so are the counts: within five standard deviations of a third. */
	for (int i = 0; i < 3; i++)
		ck_assert(drawn[i] > 870 && drawn[i] < 1130);
	ck_assert(same > 870 && same < 1130);
}
END_TEST

/* Of three groups the last is removed; its members are drawn among the other two. */
START_TEST(members_of_a_removed_group_are_drawn_independently)
{
	struct segmentation s = {.id = "s", .salt = "one", .n = 3, .groups = three};
	struct segmentation left = {.id = "s", .salt = "one", .n = 2, .groups = three};
	int again[2] = {0};

	for (int i = 0; i < 3000; i++) {
		const char *id = mem_printf(ctx, "user-%d", i);
		if (segmentation_draw(&s, id) == &three[2])
			again[segmentation_redraw(&left, id, three[2].nr) - three]++;
	}
	ck_assert_int_gt(again[0], 400);
	ck_assert_int_gt(again[1], 400);
}
END_TEST

START_TEST(without_groups_nobody_is_drawn)
{
	struct segmentation s = {.id = "s", .salt = "one"};

	ck_assert_ptr_null(segmentation_redraw(&s, "x", 1));

	ck_assert_ptr_null(segmentation_draw(&s, "x"));
	ck_assert_ptr_null(segmentation_group(&s, 0));
}
END_TEST

START_TEST(groups_are_found_by_number)
{
	struct segmentation s = {.id = "s", .n = 3, .groups = three};

	ck_assert_str_eq(segmentation_group(&s, 0)->name, "b");
	ck_assert_str_eq(segmentation_group(&s, 7)->name, "c");
	ck_assert_ptr_null(segmentation_group(&s, 1));
}
END_TEST

START_TEST(the_first_matching_rule_wins)
{
	static const char *const rules[] = {"{\"attribute\":{\"path\":\"a\",\"gte\":10}}",
		"{\"attribute\":{\"path\":\"a\",\"gte\":5}}"};
	static const struct {
		const char *attributes, *name;
	} rows[] = {{"{\"a\":12}", "first"}, {"{\"a\":7}", "second"}, {"{\"a\":1}", NULL},
	    {"{}", NULL}};
	struct group groups[] = {{0, "unreadable", NULL}, {1, "first", NULL}, {2, "second", NULL}};
	struct segmentation s = {.id = "s", .n = 3, .groups = groups};

	for (int i = 0; i < 2; i++)
		groups[i + 1].rule =
		    rule_read(ctx, given_json(ctx, rules[i]), "", problem_new(ctx));
	for (int i = 0; i < ROWS(rows); i++) {
		const struct group *g =
		    segmentation_decide(&s, terms_make(ctx, given_json(ctx, rows[i].attributes)));
		ck_assert_pstr_eq(g == NULL ? NULL : g->name, rows[i].name);
	}
}
END_TEST

Suite *
segmentation_suite(void)
{
	Suite *s = suite_create("segmentation");
	TCase *t = tcase_create("segmentation");

	tcase_add_checked_fixture(t, new_context, free_context);
	tcase_add_loop_test(t, a_definition_is_read_or_refused_with_all_pointers, 0, ROWS(read));
	tcase_add_test(t, new_groups_get_a_number_never_used_before);
	tcase_add_test(t, references_of_rules_are_recorded);
	tcase_add_test(t, a_draw_depends_on_salt_and_id_only_and_is_even);
	tcase_add_test(t, members_of_a_removed_group_are_drawn_independently);
	tcase_add_test(t, without_groups_nobody_is_drawn);
	tcase_add_test(t, groups_are_found_by_number);
	tcase_add_test(t, the_first_matching_rule_wins);
	suite_add_tcase(s, t);
	return s;
}
