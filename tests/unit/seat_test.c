/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * When the seat of a worker says that it is stuck.
 */
#include "run/seat.h"

#include "base/instant.h"
#include "suites.h"

#define START (1000 * INSTANT_SECOND)

START_TEST(an_idle_worker_is_never_overdue)
{
	struct seat s = {0};

	ck_assert(!seat_overdue(&s, INT64_MAX));
	seat_begin(&s, START, 2000);
	seat_end(&s);
	ck_assert(!seat_overdue(&s, INT64_MAX));
}
END_TEST

START_TEST(a_request_is_overdue_past_its_budget_and_the_grace)
{
	struct seat s = {0};
	int64_t limit = START + 2 * INSTANT_SECOND + SEAT_EXCESS;

	seat_begin(&s, START, 2000);
	ck_assert(!seat_overdue(&s, START));
	ck_assert(!seat_overdue(&s, limit));
	ck_assert(seat_overdue(&s, limit + 1));
	seat_route(&s, "/slow", 8000);
	ck_assert(!seat_overdue(&s, limit + 1));
	ck_assert(seat_overdue(&s, limit + 6 * INSTANT_SECOND + 1));
	ck_assert_str_eq(s.path, "/slow");
	seat_begin(&s, limit, 2000);
	ck_assert_str_eq(s.path, "-");
	ck_assert(!seat_overdue(&s, limit + 1));
}
END_TEST

Suite *
seat_suite(void)
{
	Suite *s = suite_create("seat");
	TCase *t = tcase_create("seat");

	tcase_add_test(t, an_idle_worker_is_never_overdue);
	tcase_add_test(t, a_request_is_overdue_past_its_budget_and_the_grace);
	suite_add_tcase(s, t);
	return s;
}
