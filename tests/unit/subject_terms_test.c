/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The paths of groups, alternatives and tags among the terms: each its own, and none that of an
 * attribute.
 */
#include "core/audience/subject_terms.h"

#include <string.h>

#include "base/mem.h"
#include "suites.h"

static const struct {
	const char *name;
	const char *path;         /* NULL: a field of the profile */
	const char *segmentation; /* NULL: none */
} fields[] = {
	{"age", NULL, NULL},
	{"groups:x", NULL, NULL},
	{"Group:x", NULL, NULL},
	{"group", NULL, NULL},
	{"group:seg", "#group:seg", "seg"},
	{"group:", "#group:", ""},
	{"group:a:b", "#group:a:b", "a:b"},
	{"tag:global:key", "#tag:global:key", NULL},
	{"tag:course:x:quiz.grade", "#tag:course:x:quiz.grade", NULL},
	{"tag:global", NULL, NULL},
	{"tag:", NULL, NULL},
	{"tag:a=b:c#d", "#tag:a%3Db:c%23d", NULL},
};

START_TEST(criteria_fields_can_name_groups_and_tags)
{
	void *ctx = mem_ctx(NULL);
	const char *segmentation = "not set";
	const char *path = subject_terms_field(ctx, fields[_i].name, &segmentation);

	if (fields[_i].path == NULL)
		ck_assert_ptr_null(path);
	else
		ck_assert_str_eq(path, fields[_i].path);
	if (fields[_i].segmentation == NULL)
		ck_assert_ptr_null(segmentation);
	else
		ck_assert_str_eq(segmentation, fields[_i].segmentation);
	talloc_free(ctx);
}
END_TEST

START_TEST(no_attribute_has_the_path_of_a_group_or_tag)
{
	void *ctx = mem_ctx(NULL);
	const char *const paths[] = {subject_terms_kind(), subject_terms_group(ctx, "a"),
		subject_terms_alternative(ctx, "a"), subject_terms_tag(ctx, "a", "b")};

	for (int i = 0; i < ROWS(paths); i++) {
		ck_assert_int_eq(paths[i][0], '#');
		ck_assert_str_ne(terms_path(ctx, paths[i]), paths[i]);
		for (int k = 0; k < i; k++)
			ck_assert_str_ne(paths[i], paths[k]);
	}
	talloc_free(ctx);
}
END_TEST

static const char *const names[] = {"a", "A", "^a", "^A", "^^a", "aB", "Ab", "AB", "ab", "^", "^^"};

/* Terms fold letters; two names are one only when they are the same bytes. */
START_TEST(names_in_terms_are_case_sensitive)
{
	void *ctx = mem_ctx(NULL);
	const char *mine = terms_scalar(ctx, "#x", subject_terms_exact(ctx, names[_i]));

	for (int i = 0; i < ROWS(names); i++) {
		const char *other = terms_scalar(ctx, "#x", subject_terms_exact(ctx, names[i]));
		ck_assert_int_eq(strcmp(mine, other) == 0, i == _i);
	}
	talloc_free(ctx);
}
END_TEST

Suite *
subject_terms_suite(void)
{
	Suite *s = suite_create("subject_terms");
	TCase *t = tcase_create("facts");

	tcase_add_loop_test(t, criteria_fields_can_name_groups_and_tags, 0, ROWS(fields));
	tcase_add_test(t, no_attribute_has_the_path_of_a_group_or_tag);
	tcase_add_loop_test(t, names_in_terms_are_case_sensitive, 0, ROWS(names));
	suite_add_tcase(s, t);
	return s;
}
