/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The circuit breaker: when it opens, who may try, how the pause grows, how it closes.
 */
#include "store/cache/breaker.h"

#include "base/instant.h"
#include "suites.h"

#define SECOND INSTANT_SECOND
#define START (1000 * SECOND) /* some time after the machine came up */

/* A breaker that three failures at START opened, for a second. */
static void
open_one(struct breaker *b)
{
	ck_assert(!breaker_failure(b, START));
	ck_assert(!breaker_failure(b, START));
	ck_assert(breaker_failure(b, START));
}

static const struct {
	int64_t at[5];
	int count;
	int opened_by; /* 0: stays closed */
} failures[] = {
    {{0}, 1, 0},
    {{0, 0}, 2, 0},
    {{0, 0, 0}, 3, 3},
    {{0, SECOND / 2, SECOND}, 3, 3},
    {{0, SECOND / 2, SECOND + 1}, 3, 0},
    {{0, SECOND * 2, SECOND * 4, SECOND * 6, SECOND * 8}, 5, 0},
    {{0, SECOND * 2, SECOND * 2, SECOND * 2}, 4, 4},
    {{0, 1, SECOND * 3, SECOND * 3 + 1, SECOND * 3 + 2}, 5, 5},
};

START_TEST(opens_at_three_failures_within_a_second)
{
	struct breaker b = {0};

	for (int i = 0; i < failures[_i].count; i++) {
		int64_t now = START + failures[_i].at[i];
		ck_assert(breaker_allows(&b, now));
		ck_assert_int_eq(breaker_failure(&b, now), failures[_i].opened_by == i + 1);
		ck_assert_int_eq(breaker_allows(&b, now), failures[_i].opened_by != i + 1);
	}
}
END_TEST

START_TEST(stays_closed_while_calls_succeed)
{
	struct breaker b = {0};

	for (int i = 0; i < 10; i++) {
		ck_assert(breaker_allows(&b, START + i));
		breaker_success(&b);
	}
	ck_assert(breaker_allows(&b, START));
}
END_TEST

START_TEST(after_the_pause_one_caller_may_try)
{
	struct breaker b = {0};

	open_one(&b);
	ck_assert(!breaker_allows(&b, START));
	ck_assert(!breaker_allows(&b, START + SECOND - 1));
	ck_assert(breaker_allows(&b, START + SECOND));
	ck_assert(!breaker_allows(&b, START + SECOND));
	ck_assert(!breaker_allows(&b, START + SECOND + SECOND / 2));
}
END_TEST

START_TEST(another_caller_may_try_when_the_first_never_reports)
{
	struct breaker b = {0};

	open_one(&b);
	ck_assert(breaker_allows(&b, START + SECOND));
	ck_assert(!breaker_allows(&b, START + 2 * SECOND - 1));
	ck_assert(breaker_allows(&b, START + 2 * SECOND));
	ck_assert(!breaker_allows(&b, START + 2 * SECOND));
}
END_TEST

START_TEST(each_failed_try_doubles_the_pause_up_to_30_seconds)
{
	static const int pauses[] = {1, 2, 4, 8, 16, 30, 30, 30};
	struct breaker b = {0};
	int64_t now = START;

	open_one(&b);
	for (int i = 0; i < ROWS(pauses); i++) {
		ck_assert(!breaker_allows(&b, now + pauses[i] * SECOND - 1));
		now += pauses[i] * SECOND;
		ck_assert(breaker_allows(&b, now));
		ck_assert(!breaker_failure(&b, now));
	}
}
END_TEST

START_TEST(late_failures_of_earlier_calls_do_not_lengthen_the_pause)
{
	struct breaker b = {0};

	open_one(&b);
	for (int i = 0; i < 8; i++)
		ck_assert(!breaker_failure(&b, START + i));
	ck_assert(!breaker_allows(&b, START + SECOND - 1));
	ck_assert(breaker_allows(&b, START + SECOND));
}
END_TEST

START_TEST(a_successful_try_closes_it_and_resets_the_pause)
{
	struct breaker b = {0};
	int64_t now = START + SECOND;

	open_one(&b);
	ck_assert(breaker_allows(&b, now));
	ck_assert(!breaker_failure(&b, now));
	now += 2 * SECOND;
	ck_assert(breaker_allows(&b, now));
	breaker_success(&b);
	ck_assert(breaker_allows(&b, now));
	ck_assert(breaker_allows(&b, now));
	/* Again three failures, and again a pause of one second. */
	ck_assert(!breaker_failure(&b, now));
	ck_assert(!breaker_failure(&b, now));
	ck_assert(breaker_failure(&b, now));
	ck_assert(!breaker_allows(&b, now + SECOND - 1));
	ck_assert(breaker_allows(&b, now + SECOND));
}
END_TEST

/* A process that is killed while it closes the breaker may reset the pause but not its end. */
START_TEST(a_breaker_left_half_closed_still_pauses)
{
	struct breaker b = {.open_until = START};

	ck_assert(breaker_allows(&b, START));
	ck_assert(!breaker_allows(&b, START));
	ck_assert(!breaker_failure(&b, START));
	ck_assert(!breaker_allows(&b, START + 2 * SECOND - 1));
	ck_assert(breaker_allows(&b, START + 2 * SECOND));
}
END_TEST

Suite *
breaker_suite(void)
{
	Suite *s = suite_create("breaker");
	TCase *t = tcase_create("breaker");

	tcase_add_loop_test(t, opens_at_three_failures_within_a_second, 0, ROWS(failures));
	tcase_add_test(t, stays_closed_while_calls_succeed);
	tcase_add_test(t, after_the_pause_one_caller_may_try);
	tcase_add_test(t, another_caller_may_try_when_the_first_never_reports);
	tcase_add_test(t, each_failed_try_doubles_the_pause_up_to_30_seconds);
	tcase_add_test(t, late_failures_of_earlier_calls_do_not_lengthen_the_pause);
	tcase_add_test(t, a_successful_try_closes_it_and_resets_the_pause);
	tcase_add_test(t, a_breaker_left_half_closed_still_pauses);
	suite_add_tcase(s, t);
	return s;
}
