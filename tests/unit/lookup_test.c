/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Matching the constraints of experiments, and the order of several matches.
 */
#include "core/experiment/lookup.h"

#include <stdlib.h>
#include <string.h>

#include "suites.h"

#define TODAY "2026-11-21"
#define URL "http://sunbird.org/a"

/* Ids of the vectors: user3 is in 1 of 2, 3, 4 and device3 in 1 of 3, 5; user1 in none. */
static const struct {
	struct experiment a;
	struct lookup_request who;
	bool accepted;
} cases[] = {
    /* Dates: the first and the last day are included. */
    {{.start = TODAY, .end = TODAY}, {.device = "d"}, true},
    {{.start = TODAY}, {.device = "d"}, true},
    {{.start = "2026-11-20", .end = "2026-11-22"}, {.device = "d"}, true},
    {{.start = "2026-11-22", .end = "2026-11-23"}, {.device = "d"}, false},
    {{.start = "2026-11-22"}, {.device = "d"}, false},
    {{.start = "2026-11-19", .end = "2026-11-20"}, {.device = "d"}, false},
    {{.start = "2025-12-01", .end = "2027-01-01"}, {.device = "d"}, true},
    /* url: equal byte by byte. */
    {{.start = TODAY, .url = URL}, {.device = "d", .url = URL}, true},
    {{.start = TODAY, .url = URL}, {.device = "d"}, false},
    {{.start = TODAY, .url = URL}, {.device = "d", .url = URL "/"}, false},
    {{.start = TODAY, .url = URL}, {.device = "d", .url = "http://sunbird.org/A"}, false},
    {{.start = TODAY, .url = URL}, {.device = "d", .url = "http://sunbird.org/"}, false},
    {{.start = TODAY}, {.device = "d", .url = URL}, true},
    /* client: equal byte by byte; a request without one gets only experiments without one. */
    {{.start = TODAY, .client = "portal"}, {.device = "d", .client = "portal"}, true},
    {{.start = TODAY, .client = "portal"}, {.device = "d", .client = "Portal"}, false},
    {{.start = TODAY, .client = "portal"}, {.device = "d", .client = "app"}, false},
    {{.start = TODAY, .client = "portal"}, {.device = "d"}, false},
    {{.start = TODAY}, {.device = "d", .client = "portal"}, true},
    {{.start = TODAY}, {.device = "d"}, true},
    /* modulus: of the user if there is one, else of the device. */
    {{.start = TODAY, .modulus = 0}, {.device = "user1"}, true},
    {{.start = TODAY, .modulus = 1}, {.device = "user1"}, true},
    {{.start = TODAY, .modulus = 3}, {.device = "device3"}, true},
    {{.start = TODAY, .modulus = 2}, {.device = "device3"}, false},
    {{.start = TODAY, .modulus = 3}, {.device = "user1", .user = "user3"}, true},
    {{.start = TODAY, .modulus = 3}, {.device = "device3", .user = "user1"}, false},
    /* A single constraint that does not match is enough to exclude. */
    {{.start = TODAY, .end = TODAY, .url = URL, .client = "app", .modulus = 3},
     {.device = "device3", .url = URL, .client = "app"}, true},
    {{.start = TODAY, .end = TODAY, .url = URL, .client = "app", .modulus = 2},
     {.device = "device3", .url = URL, .client = "app"}, false},
    {{.start = TODAY, .end = TODAY, .url = URL, .client = "app", .modulus = 3},
     {.device = "device3", .url = URL, .client = "web"}, false},
    {{.start = TODAY, .end = TODAY, .url = URL, .client = "app", .modulus = 3},
     {.device = "device3", .url = "x", .client = "app"}, false},
};

START_TEST(a_constraint_that_does_not_match_excludes_the_experiment)
{
	struct lookup_request who = cases[_i].who;

	who.today = TODAY;
	ck_assert_int_eq(lookup_accepts(&cases[_i].a, &who), cases[_i].accepted);
}
END_TEST

/* The whole order, the first of them first. */
static const struct experiment newer = {.nr = 8};
static const struct experiment older = {.nr = 7};
static const struct match order[] = {
    {&older, true, true, true},
    {&older, true, true, false},
    {&older, true, false, true},
    {&older, false, true, true},
    {&older, true, false, false},
    {&older, false, true, false},
    {&older, false, false, true},
    {&newer, false, false, false},
    {&older, false, false, false},
};

static void
same_match(const struct match *a, const struct match *b)
{
	ck_assert_ptr_eq(a->experiment, b->experiment);
	ck_assert_int_eq(a->by_user, b->by_user);
	ck_assert_int_eq(a->by_device, b->by_device);
	ck_assert_int_eq(a->by_url, b->by_url);
}

/* All pairs in both orders: a newer experiment never comes before a better match. */
START_TEST(more_matched_constraints_come_first)
{
	int left = _i / ROWS(order);
	int right = _i % ROWS(order);
	struct match list[] = {order[left], order[right]};

	lookup_sort(list, 2);
	same_match(&list[0], &order[left < right ? left : right]);
	same_match(&list[1], &order[left < right ? right : left]);
}
END_TEST

START_TEST(of_equal_matches_the_newer_comes_first)
{
	struct match list[] = {
	    {&older, order[_i].by_user, order[_i].by_device, order[_i].by_url},
	    {&newer, order[_i].by_user, order[_i].by_device, order[_i].by_url},
	};

	lookup_sort(list, 2);
	ck_assert_ptr_eq(list[0].experiment, &newer);
	lookup_sort(list, 2);
	ck_assert_ptr_eq(list[0].experiment, &newer);
}
END_TEST

START_TEST(any_permutation_is_sorted_into_the_same_order)
{
	struct match list[ROWS(order)];

	for (int i = 0; i < ROWS(order); i++)
		list[i] = order[(i * 4 + _i) % ROWS(order)];
	lookup_sort(list, (size_t)ROWS(order));
	for (int i = 0; i < ROWS(order); i++)
		same_match(&list[i], &order[i]);
}
END_TEST

START_TEST(lists_of_none_and_one_are_unchanged)
{
	struct match one = order[3];

	lookup_sort(NULL, 0);
	lookup_sort(&one, 1);
	same_match(&one, &order[3]);
}
END_TEST

static const struct {
	const char *producer;
	const char *client; /* NULL: none */
} producers[] = {
    {NULL, NULL},
    {"", NULL},
    {"portal", "portal"},
    {"sunbird.portal", "portal"},
    {"org.sunbird.app", "app"},
    {"sunbird.", NULL},
    {".", NULL},
    {".app", "app"},
    {"sunbird..app", "app"},
    {"Sunbird.App", "App"},
    {"sunbird.app ", "app "},
};

START_TEST(the_client_is_the_text_behind_the_last_dot)
{
	const char *client = lookup_client(producers[_i].producer);

	ck_assert_int_eq(client == NULL, producers[_i].client == NULL);
	if (client != NULL)
		ck_assert_str_eq(client, producers[_i].client);
}
END_TEST

Suite *
lookup_suite(void)
{
	Suite *s = suite_create("lookup");
	TCase *t = tcase_create("lookup");

	tcase_add_loop_test(
	    t, a_constraint_that_does_not_match_excludes_the_experiment, 0, ROWS(cases));
	tcase_add_loop_test(t, more_matched_constraints_come_first, 0,
	    ROWS(order) * ROWS(order));
	tcase_add_loop_test(t, of_equal_matches_the_newer_comes_first, 0, ROWS(order));
	tcase_add_loop_test(t, any_permutation_is_sorted_into_the_same_order, 0, ROWS(order));
	tcase_add_test(t, lists_of_none_and_one_are_unchanged);
	tcase_add_loop_test(t, the_client_is_the_text_behind_the_last_dot, 0, ROWS(producers));
	suite_add_tcase(s, t);
	return s;
}
