/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The numbers of alternatives through sequences of changes: each list of alternatives follows the
 * one before it, with the numbers that they must have.
 */
#include "core/experiment/alternative_ids.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "suites.h"

enum { STEPS = 5 };

/* "old>new" is renamed. */
static const struct {
	const char *title;
	struct {
		const char *names; /* NULL: no more steps */
		const char *numbers; /* NULL: refused */
	} steps[STEPS];
} sequences[] = {
    {"new ones are numbered in order", {{"control red blue", "1 2 3"}}},
    {"who stays keeps the number, wherever", {{"control red blue", "1 2 3"},
        {"blue control red", "3 1 2"}, {"blue green control red", "3 4 1 2"}}},
    {"renamed, it is the same", {{"control red", "1 2"}, {"control red>rot", "1 2"},
        {"control rot", "1 2"}}},
    {"the name of one renamed is free for another", {{"control red", "1 2"},
        {"control red>rot", "1 2"}, {"control rot red", "1 2 3"}}},
    {"renamed and its name taken at once", {{"control red", "1 2"},
        {"control red>rot red", "1 2 3"}, {"control red rot", "1 3 2"}}},
    {"a swap of names", {{"control a b", "1 2 3"}, {"control a>b b>a", "1 2 3"},
        {"control a b", "1 3 2"}}},
    {"three names in a ring", {{"a b c", "1 2 3"}, {"a>b b>c c>a", "1 2 3"},
        {"a b c", "3 1 2"}}},
    {"one that comes back is the same", {{"control red blue", "1 2 3"}, {"control blue", "1 3"},
        {"control blue red", "1 3 2"}}},
    {"one that comes back under another name is the same", {{"control red", "1 2"},
        {"control", "1"}, {"control red>rot", "1 2"}, {"control red rot", "1 3 2"}}},
    {"no number is ever used again", {{"control red", "1 2"}, {"control", "1"},
        {"control blue", "1 3"}, {"control", "1"}, {"control green", "1 4"}}},
    {"nor that of a name that another took", {{"control red blue", "1 2 3"},
        {"control blue", "1 3"}, {"control blue>red", "1 3"}, {"control red green", "1 3 4"},
        {"control blue", "1 5"}}},
    {"what was never there cannot be renamed", {{"control red", "1 2"},
        {"control green>red", NULL}, {"control red", "1 2"}}},
    {"nothing is renamed twice", {{"control red", "1 2"}, {"red>a red>b", NULL}}},
    {"case of letters matters", {{"control red", "1 2"}, {"control Red", "1 3"}}},
};

/* The alternatives that the names say, as core/experiment/delivery.h leaves them. */
static struct json_object *
parse(void *ctx, const char *names)
{
	struct json_object *list = mem_json(ctx, json_object_new_array());
	char *copy = mem_dup(ctx, names), *rest = NULL;

	for (char *s = strtok_r(copy, " ", &rest); s != NULL; s = strtok_r(NULL, " ", &rest)) {
		struct json_object *o = json_object_new_object();
		char *to = strchr(s, '>');
		if (to != NULL) {
			*to++ = '\0';
			json_object_object_add(o, "was", json_object_new_string(s));
		}
		json_object_object_add(o, "name", json_object_new_string(to != NULL ? to : s));
		json_object_array_add(list, o);
	}
	return list;
}

static void
check_numbers(struct json_object *list, const char *wanted, const char *title)
{
	char *end = NULL;

	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *o = json_object_array_get_idx(list, i);
		ck_assert_msg(json_object_get_int64(json_object_object_get(o, "id")) ==
		    strtoll(wanted, &end, 10), "%s: place %zu", title, i);
		ck_assert(!json_object_object_get_ex(o, "was", NULL));
		wanted = end;
	}
	ck_assert_str_eq(wanted, "");
}

START_TEST(alternatives_keep_their_numbers_through_changes)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *stored = mem_json(ctx, json_object_new_object());

	for (int i = 0; i < STEPS && sequences[_i].steps[i].names != NULL; i++) {
		struct json_object *list = parse(ctx, sequences[_i].steps[i].names);
		struct json_object *numbers = NULL;
		const char *wanted = sequences[_i].steps[i].numbers;
		/* What a refused change did to its copy is not stored. */
		json_object_deep_copy(stored, &numbers, NULL);
		mem_json(ctx, numbers);
		struct problems *problems = problem_new(ctx);
		ck_assert_int_eq(alternative_ids_give(list, numbers, problems), wanted != NULL);
		ck_assert_int_eq(problem_count(problems) == 0, wanted != NULL);
		if (wanted == NULL)
			continue;
		check_numbers(list, wanted, sequences[_i].title);
		stored = numbers;
	}
	talloc_free(ctx);
}
END_TEST

START_TEST(a_bad_rename_is_refused_with_its_pointer)
{
	void *ctx = mem_ctx(NULL);
	struct json_object *numbers = mem_json(ctx, json_object_new_object());
	struct problems *problems = problem_new(ctx);

	ck_assert(alternative_ids_give(parse(ctx, "control red"), numbers, problems));
	ck_assert(!alternative_ids_give(parse(ctx, "control x>y red z>a"), numbers, problems));
	ck_assert_int_eq((int)problem_count(problems), 2);
	for (size_t i = 0; i < 2; i++) {
		struct json_object *o = json_object_array_get_idx(problems->list, i);
		const char *at = json_object_get_string(json_object_object_get(o, "pointer"));
		ck_assert_str_eq(at, i == 0 ? "/request/alternatives/1/name"
		                            : "/request/alternatives/3/name");
	}
	talloc_free(ctx);
}
END_TEST

Suite *
alternative_ids_suite(void)
{
	Suite *s = suite_create("alternative_ids");
	TCase *t = tcase_create("numbers");

	tcase_add_loop_test(t, alternatives_keep_their_numbers_through_changes, 0, ROWS(sequences));
	tcase_add_test(t, a_bad_rename_is_refused_with_its_pointer);
	suite_add_tcase(s, t);
	return s;
}
