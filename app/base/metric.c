/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Counters in shared memory. They outlive the worker that counted, so a scrape sees the whole
 * pool, whichever worker answers it. All operations are relaxed atomics: a scrape is no consistent
 * snapshot, but no count is lost.
 */
#include "base/metric.h"

#include <sys/mman.h>

#include "base/mem.h"

enum { BUCKETS = 12 };

static const struct {
	int64_t us;
	const char *le; /* label of the bucket, in seconds */
} bounds[BUCKETS] = {
	{250, "0.00025"}, {500, "0.0005"}, {1000, "0.001"}, {2500, "0.0025"}, {5000, "0.005"},
	{10000, "0.01"}, {25000, "0.025"}, {50000, "0.05"}, {100000, "0.1"}, {250000, "0.25"},
	{1000000, "1"}, {2500000, "2.5"},
};

static const char *const names[METRIC__MAX] = {
#define METRIC(name, help) [METRIC_##name] = #name,
#include "base/metric.def"
#undef METRIC
};

static const char *const helps[METRIC__MAX] = {
#define METRIC(name, help) [METRIC_##name] = help,
#include "base/metric.def"
#undef METRIC
};

struct page {
	atomic_uint_fast64_t counter[METRIC__MAX];
	atomic_uint_fast64_t status[6]; /* by the first digit of the status; 0: no valid one */
	atomic_uint_fast64_t bucket[BUCKETS + 1];
	atomic_uint_fast64_t duration_us;
};

/* Used until metric_share() is called. */
static struct page own;
static struct page *shared = &own;

void
metric_share(void)
{
	void *p = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
	    -1, 0);

	shared = mem_check(p == MAP_FAILED ? NULL : p);
}

static void
count_up(atomic_uint_fast64_t *c, uint64_t n)
{
	atomic_fetch_add_explicit(c, n, memory_order_relaxed);
}

static unsigned long long
read_counter(atomic_uint_fast64_t *c)
{
	return atomic_load_explicit(c, memory_order_relaxed);
}

void
metric_add(enum metric m, uint64_t n)
{
	count_up(&shared->counter[m], n);
}

uint64_t
metric_value(enum metric m)
{
	return read_counter(&shared->counter[m]);
}

void
metric_request(int status, int64_t duration_us)
{
	int i = 0;

	count_up(&shared->status[status >= 100 && status < 600 ? status / 100 : 0], 1);
	while (i < BUCKETS && duration_us > bounds[i].us)
		i++;
	count_up(&shared->bucket[i], 1);
	count_up(&shared->duration_us, duration_us > 0 ? (uint64_t)duration_us : 0);
}

static void
print_requests(struct buf *out)
{
	unsigned long long total = 0;

	buf_str(out, "# HELP assay_requests_total Requests answered\n"
	    "# TYPE assay_requests_total counter\n");
	for (int i = 1; i < 6; i++)
		buf_printf(out, "assay_requests_total{status=\"%dxx\"} %llu\n", i,
		    read_counter(&shared->status[i]));
	buf_str(out, "# HELP assay_request_seconds Time from accept to answer\n"
	    "# TYPE assay_request_seconds histogram\n");
	for (int i = 0; i < BUCKETS; i++) {
		total += read_counter(&shared->bucket[i]);
		buf_printf(
		    out, "assay_request_seconds_bucket{le=\"%s\"} %llu\n", bounds[i].le, total);
	}
	total += read_counter(&shared->bucket[BUCKETS]);
	buf_printf(out, "assay_request_seconds_bucket{le=\"+Inf\"} %llu\n", total);
	buf_printf(out, "assay_request_seconds_sum %.6f\n",
	    (double)read_counter(&shared->duration_us) / 1e6);
	buf_printf(out, "assay_request_seconds_count %llu\n", total);
}

void
metric_print(struct buf *out)
{
	print_requests(out);
	for (int i = 0; i < METRIC__MAX; i++)
		buf_printf(out, "# HELP assay_%s %s\n# TYPE assay_%s counter\nassay_%s %llu\n",
		    names[i], helps[i], names[i], names[i], read_counter(&shared->counter[i]));
}
