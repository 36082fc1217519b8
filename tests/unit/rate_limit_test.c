/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rate limits: bursts, refills, waits, a full table, many processes at once, and one that is
 * killed in between.
 */
#include "store/rate_limit.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/instant.h"
#include "suites.h"

#define SECOND INSTANT_SECOND
#define START (1000 * SECOND) /* some time after the machine came up */

static struct rate_table *table;

static void
map_table(void)
{
	table = mmap(NULL, sizeof *table, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
	    -1, 0);
	ck_assert_ptr_ne(table, MAP_FAILED);
	rate_init(table);
}

static void
unmap_table(void)
{
	munmap(table, sizeof *table);
}

static const struct rate rates[] = {{1, 10}, {20, 500}, {200, 2000}, {1000, 10000}, {3, 7}};

START_TEST(allows_a_burst_and_then_the_rate)
{
	struct rate r = rates[_i];
	uint64_t bucket = rate_bucket(table, 'r', "00c0ffee", 7);
	int64_t singly = r.burst < 5000 ? r.burst : 5000;

	ck_assert_int_eq(rate_take(table, bucket, r, r.burst - singly, START), 0);
	for (int64_t i = 0; i < singly; i++)
		ck_assert_int_eq(rate_take(table, bucket, r, 1, START), 0);
	int64_t wait = rate_take(table, bucket, r, 1, START);
	ck_assert_int_gt(wait, 0);
	ck_assert_int_le(wait, SECOND / r.per_second + 1);
	ck_assert_int_eq(rate_wait(table, bucket, r, 1, START), wait);
	ck_assert_int_gt(rate_take(table, bucket, r, 1, START + wait - 1), 0);
	ck_assert_int_eq(rate_take(table, bucket, r, 1, START + wait), 0);
	/* A second later as many tokens have come as the rate says, and no more. */
	int64_t later = START + wait + SECOND;
	for (int64_t i = 0; i < r.per_second; i++)
		ck_assert_int_eq(rate_take(table, bucket, r, 1, later), 0);
	ck_assert_int_gt(rate_take(table, bucket, r, 1, later), 0);
}
END_TEST

START_TEST(asking_for_the_wait_takes_no_tokens)
{
	struct rate r = {1, 2};
	uint64_t bucket = rate_bucket(table, 'n', "00c0ffee", 7);

	for (int i = 0; i < 10; i++)
		ck_assert_int_eq(rate_wait(table, bucket, r, 2, START), 0);
	ck_assert_int_gt(rate_wait(table, bucket, r, 3, START), 0);
	ck_assert_int_eq(rate_take(table, bucket, r, 2, START), 0);
	ck_assert_int_eq(rate_wait(table, bucket, r, 2, START), 2 * SECOND);
}
END_TEST

START_TEST(keys_purposes_and_sources_have_buckets_of_their_own)
{
	uint64_t own = rate_bucket(table, 'r', "00c0ffee", 7);

	ck_assert_uint_eq(own, rate_bucket(table, 'r', "00c0ffee", 7));
	ck_assert_uint_ne(own, rate_bucket(table, 'n', "00c0ffee", 7));
	ck_assert_uint_ne(own, rate_bucket(table, 'r', "00c0ffef", 7));
	ck_assert_uint_ne(own, rate_bucket(table, 'r', "00c0ffee", 8));
	ck_assert_uint_ne(own, 0);
}
END_TEST

/* With more sources than places, buckets are evicted: nobody new is refused. */
START_TEST(a_full_table_refuses_no_new_source)
{
	struct rate r = {1, 2};

	for (uint64_t i = 0; i < 3u * RATE_SETS * RATE_WAYS; i++) {
		uint64_t bucket = rate_bucket(table, 'r', "00c0ffee", i);
		ck_assert_int_eq(rate_take(table, bucket, r, 1, START), 0);
	}
}
END_TEST

/* The source that has used most keeps its bucket, so that it cannot get a new one by flooding. */
START_TEST(the_bucket_with_most_tokens_is_evicted)
{
	struct rate r = {1, 100};
	uint64_t set = 5;

	for (uint64_t i = 0; i < RATE_WAYS; i++)
		ck_assert_int_eq(
		    rate_take(table, set + (i + 1) * RATE_SETS, r, 10 + (int64_t)i, START), 0);
	ck_assert_int_eq(rate_take(table, set + 99 * RATE_SETS, r, 100, START), 0);
	ck_assert_int_gt(rate_wait(table, set + RATE_WAYS * RATE_SETS, r, 100, START), 0);
	ck_assert_int_eq(rate_wait(table, set + RATE_SETS, r, 100, START), 0);
}
END_TEST

enum { PROCESSES = 4, TAKES = 20000 };

/* A child process that takes tokens until none is left, and counts them in *got. */
static pid_t
fork_taker(uint64_t bucket, struct rate r, int64_t *got)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	while (rate_take(table, bucket, r, 1, START) == 0)
		(*got)++;
	_exit(0);
}

START_TEST(processes_share_one_limit)
{
	struct rate r = {1000, TAKES};
	uint64_t bucket = rate_bucket(table, 'r', "00c0ffee", 7);
	int64_t *got = mmap(NULL, PROCESSES * sizeof *got, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int64_t sum = 0;

	/* The bucket exists before they start: two that create it at once could both fill it. */
	ck_assert_int_eq(rate_take(table, bucket, r, 1, START), 0);
	for (int i = 0; i < PROCESSES; i++)
		ck_assert_int_gt(fork_taker(bucket, r, &got[i]), 0);
	for (int i = 0; i < PROCESSES; i++)
		wait(NULL);
	for (int i = 0; i < PROCESSES; i++)
		sum += got[i];
	ck_assert_int_eq(sum, TAKES - 1);
	munmap(got, PROCESSES * sizeof *got);
}
END_TEST

/* Creates and evicts buckets until it is killed, at any point. */
static void
take_until_killed(void)
{
	struct rate_report report;

	for (uint64_t i = 0;; i++) {
		rate_take(table, i * RATE_SETS, (struct rate){1, 10}, 1, START);
		rate_note_refusal(table, i % 40, START, &report);
	}
}

/* Shared memory has no lock that could be left behind: whatever a killed process was about, later
 * callers get their answers. The time until the kill varies, so that it hits many points. */
START_TEST(a_process_killed_at_any_point_leaves_no_lock)
{
	struct rate_report report;

	for (int i = 0; i < 100; i++) {
		pid_t pid = fork();
		if (pid == 0)
			take_until_killed();
		usleep((useconds_t)(100 + 37 * i));
		kill(pid, SIGKILL);
		ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
		uint64_t bucket = (1000000u + (uint64_t)i) * RATE_SETS;
		struct rate r = {1, 10};
		ck_assert_int_eq(rate_take(table, bucket, r, 10, START), 0);
		ck_assert_int_eq(rate_take(table, bucket, r, 1, START), SECOND);
		rate_note_refusal(table, 7, START, &report);
	}
}
END_TEST

START_TEST(reports_the_source_of_most_refusals)
{
	struct rate_report report = {0};
	int told = 0; /* reports: some, but far fewer than refusals, because each is a write */

	/* Two of three from one source, the rest from one of 100 others each. */
	for (int i = 0; i < 3000; i++) {
		uint64_t source = i % 3 == 0 ? 1000u + (uint64_t)i % 100 : 7;
		told += rate_note_refusal(table, source, START + i, &report);
	}
	ck_assert_int_gt(told, 5);
	ck_assert_int_lt(told, 40);
	ck_assert_uint_eq(report.source, 7);
	ck_assert_int_gt(report.most * 2, report.total);
	ck_assert_int_le(report.total, 3000);
}
END_TEST

START_TEST(equal_sources_are_not_reported_as_dominant)
{
	struct rate_report report = {0};

	for (int i = 0; i < 3000; i++)
		rate_note_refusal(table, (uint64_t)(i % 3), START + i, &report);
	ck_assert_int_gt(report.total, 1000);
	ck_assert_int_le(report.most * 2, report.total);
}
END_TEST

START_TEST(refusals_are_forgotten_after_an_hour)
{
	struct rate_report report = {0};

	for (int i = 0; i < 1000; i++)
		rate_note_refusal(table, 7, START, &report);
	for (int i = 0; i < 9; i++)
		ck_assert(!rate_note_refusal(table, 8, START + 3600 * SECOND, &report));
	ck_assert(rate_note_refusal(table, 8, START + 3600 * SECOND, &report));
	ck_assert_int_eq(report.total, 10);
	ck_assert_int_eq(report.most, 10);
	ck_assert_uint_eq(report.source, 8);
}
END_TEST

Suite *
rate_limit_suite(void)
{
	Suite *s = suite_create("rate_limit");
	TCase *t = tcase_create("rate_limit");

	tcase_add_checked_fixture(t, map_table, unmap_table);
	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, allows_a_burst_and_then_the_rate, 0, ROWS(rates));
	tcase_add_test(t, asking_for_the_wait_takes_no_tokens);
	tcase_add_test(t, keys_purposes_and_sources_have_buckets_of_their_own);
	tcase_add_test(t, a_full_table_refuses_no_new_source);
	tcase_add_test(t, the_bucket_with_most_tokens_is_evicted);
	tcase_add_test(t, processes_share_one_limit);
	tcase_add_test(t, a_process_killed_at_any_point_leaves_no_lock);
	tcase_add_test(t, reports_the_source_of_most_refusals);
	tcase_add_test(t, equal_sources_are_not_reported_as_dominant);
	tcase_add_test(t, refusals_are_forgotten_after_an_hour);
	suite_add_tcase(s, t);
	return s;
}
