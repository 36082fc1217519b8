/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Counters: the text that a scrape reads, and that all processes of a pool share them.
 */
#include "base/metric.h"

#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "suites.h"

/* Counters live in a page that processes share; each test begins with a new one, of zeros. */
static void
fresh_page(void)
{
	metric_share();
}

/* The value of the sample with that name and labels. */
static double
sample(const char *name)
{
	void *ctx = mem_ctx(NULL);
	struct buf *b = buf_new(ctx, 0);

	metric_print(b);
	const char *at = strstr(b->data, mem_printf(ctx, "\n%s ", name));
	ck_assert_msg(at != NULL, "no %s in\n%s", name, b->data);
	double v = strtod(at + strlen(name) + 2, NULL);
	talloc_free(ctx);
	return v;
}

START_TEST(every_line_is_prometheus_text)
{
	static const char form[] =
	    "^(# HELP assay_[a-z_]+ [A-Z][^\n]*|# TYPE assay_[a-z_]+ (counter|histogram)|"
	    "assay_[a-z_]+(\\{[a-z]+=\"[^\"]+\"\\})? [0-9]+(\\.[0-9]+)?)$";
	void *ctx = mem_ctx(NULL);
	struct buf *b = buf_new(ctx, 0);
	regex_t line_form;

	ck_assert_int_eq(regcomp(&line_form, form, REG_EXTENDED | REG_NOSUB), 0);
	metric_request(200, 1500);
	metric_print(b);
	ck_assert_int_eq(b->data[b->len - 1], '\n');
	char *rest = b->data;
	for (char *line = strsep(&rest, "\n"); rest != NULL; line = strsep(&rest, "\n"))
		ck_assert_msg(regexec(&line_form, line, 0, NULL, 0) == 0, "%s", line);
	regfree(&line_form);
	talloc_free(ctx);
}
END_TEST

START_TEST(every_counter_has_help_type_and_value)
{
	static const char *const names[] = {
#define METRIC(name, help) "assay_" #name,
#include "base/metric.def"
#undef METRIC
	};
	void *ctx = mem_ctx(NULL);
	struct buf *b = buf_new(ctx, 0);

	metric_add((enum metric)_i, 3);
	metric_add((enum metric)_i, 4);
	for (int i = 0; i < METRIC__MAX; i++)
		ck_assert_double_eq(sample(names[i]), i == _i ? 7 : 0);
	metric_print(b);
	ck_assert_ptr_nonnull(strstr(b->data, mem_printf(ctx, "# HELP %s ", names[_i])));
	ck_assert_ptr_nonnull(strstr(b->data, mem_printf(ctx, "# TYPE %s counter\n", names[_i])));
	talloc_free(ctx);
}
END_TEST

static const struct {
	int status;
	const char *name; /* NULL: counted by no class */
} statuses[] = {
    {100, "assay_requests_total{status=\"1xx\"}"},
    {200, "assay_requests_total{status=\"2xx\"}"},
    {204, "assay_requests_total{status=\"2xx\"}"},
    {303, "assay_requests_total{status=\"3xx\"}"},
    {404, "assay_requests_total{status=\"4xx\"}"},
    {503, "assay_requests_total{status=\"5xx\"}"},
    {599, "assay_requests_total{status=\"5xx\"}"},
    {0, NULL},
    {99, NULL},
    {600, NULL},
    {-1, NULL},
};

START_TEST(requests_are_counted_by_class)
{
	double total = 0;

	metric_request(statuses[_i].status, 1);
	for (int i = 1; i < 6; i++) {
		char name[64];
		snprintf(name, sizeof name, "assay_requests_total{status=\"%dxx\"}", i);
		total += sample(name);
	}
	ck_assert_double_eq(total, statuses[_i].name == NULL ? 0 : 1);
	if (statuses[_i].name != NULL)
		ck_assert_double_eq(sample(statuses[_i].name), 1);
	ck_assert_double_eq(sample("assay_request_seconds_count"), 1);
}
END_TEST

static const struct {
	int64_t us;
	const char *first;  /* the first bound that the request is within */
	const char *before; /* the one below; NULL: none */
} durations[] = {
    {-5, "0.00025", NULL},
    {0, "0.00025", NULL},
    {250, "0.00025", NULL},
    {251, "0.0005", "0.00025"},
    {10000, "0.01", "0.005"},
    {10001, "0.025", "0.01"},
    {2500000, "2.5", "1"},
    {2500001, "+Inf", "2.5"},
    {60000000, "+Inf", "2.5"},
};

/* The name of the sample with the requests that took at most `bound` seconds. */
static const char *
bucket_name(void *ctx, const char *bound)
{
	return mem_printf(ctx, "assay_request_seconds_bucket{le=\"%s\"}", bound);
}

START_TEST(durations_fall_into_cumulative_buckets)
{
	void *ctx = mem_ctx(NULL);

	metric_request(200, durations[_i].us);
	ck_assert_double_eq(sample(bucket_name(ctx, durations[_i].first)), 1);
	if (durations[_i].before != NULL)
		ck_assert_double_eq(sample(bucket_name(ctx, durations[_i].before)), 0);
	ck_assert_double_eq(sample(bucket_name(ctx, "+Inf")), 1);
	ck_assert_double_eq(sample("assay_request_seconds_count"), 1);
	double sum = durations[_i].us > 0 ? (double)durations[_i].us / 1e6 : 0;
	ck_assert_double_eq_tol(sample("assay_request_seconds_sum"), sum, 1e-7);
	talloc_free(ctx);
}
END_TEST

START_TEST(child_processes_count_into_the_same_metrics)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		metric_add(METRIC_erasures_total, 5);
		metric_request(200, 1);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_double_eq(sample("assay_erasures_total"), 5);
	ck_assert_double_eq(sample("assay_request_seconds_count"), 1);
}
END_TEST

Suite *
metric_suite(void)
{
	Suite *s = suite_create("metric");
	TCase *t = tcase_create("metric");

	tcase_add_checked_fixture(t, fresh_page, NULL);
	tcase_add_test(t, every_line_is_prometheus_text);
	tcase_add_loop_test(t, every_counter_has_help_type_and_value, 0, METRIC__MAX);
	tcase_add_loop_test(t, requests_are_counted_by_class, 0, ROWS(statuses));
	tcase_add_loop_test(t, durations_fall_into_cumulative_buckets, 0, ROWS(durations));
	tcase_add_test(t, child_processes_count_into_the_same_metrics);
	suite_add_tcase(s, t);
	return s;
}
