/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rate limits of client keys. Behind a proxy that is not configured all visitors have one address
 * and share one bucket: the source of most refusals is recorded, so that the overview and `assay
 * doctor` can point at it.
 */
#include "web/auth/client_rate.h"

#include <stddef.h>

#include "base/instant.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metric.h"
#include "store/db/db.h"
#include "store/rate_limit.h"
#include "web/http/peer_address.h"
#include "web/http/ctx.h"
#include "web/auth/key_bounds.h"

/* The burst, in multiples of the rate per second. */
enum { REQUEST_BURST = 10, SUBJECT_BURST = 25 };

/* The limit of a key (-1: as configured); false when there is none. */
static bool
find_rate(int64_t own, int64_t configured, int64_t burst, struct rate *out)
{
	int64_t rate = own >= 0 ? own : configured;

	*out = (struct rate){rate, rate * burst};
	return rate > 0;
}

/* A failure to record it does not affect the client. */
static void
record_refusal(struct ctx *c, uint64_t network)
{
	struct rate_report report;
	const char *now = work_now_text(&c->w);

	if (!rate_note_refusal(c->rates, network, c->began, &report))
		return;
	const char *params[] = {now, mem_printf(c->w.mem, "%lld", (long long)report.total),
		mem_printf(c->w.mem, "%lld", (long long)report.most),
		peer_network_text(c, report.source)};
	if (db_query(c->w.db, c->w.mem, QUERY_rate_refusal_record, params, NULL) != OK)
		log_say(LOG_WARN, "throttle_not_noted", "%s", db_message(c->w.db));
}

static enum err
refuse_rate(struct ctx *c, enum metric m, uint64_t network, int64_t wait, const char *what)
{
	metric_add(m, 1);
	record_refusal(c, network);
	c->retry_after = (wait + INSTANT_SECOND - 1) / INSTANT_SECOND;
	return fail_detail(
	    &c->w, ERR_THROTTLED, "too many %s from this address with this key", what);
}

enum err
client_rate_request(struct ctx *c)
{
	struct rate r;

	if (c->bounds == NULL || c->rates == NULL ||
	    !find_rate(c->bounds->rate, c->w.conf->client_rate, REQUEST_BURST, &r))
		return OK;
	uint64_t network = peer_network_number(c);
	int64_t wait = rate_take(
	    c->rates, rate_bucket(c->rates, 'r', c->key_id, network), r, 1, c->began);
	return wait == 0 ? OK
	    : refuse_rate(c, METRIC_client_requests_throttled_total, network, wait, "requests");
}

typedef int64_t rate_fn(
    struct rate_table *t, uint64_t bucket, struct rate r, int64_t n, int64_t now);

static enum err
limit_subjects(struct ctx *c, int64_t n, rate_fn *judge)
{
	struct rate r;

	if (n == 0 || c->bounds == NULL || c->rates == NULL ||
	    !find_rate(c->bounds->new_rate, c->w.conf->client_new_rate, SUBJECT_BURST, &r))
		return OK;
	uint64_t network = peer_network_number(c);
	int64_t wait =
	    judge(c->rates, rate_bucket(c->rates, 'n', c->key_id, network), r, n, c->began);
	return wait == 0 ? OK
	    : refuse_rate(c, METRIC_client_subjects_throttled_total, network, wait, "new subjects");
}

_Static_assert(offsetof(struct ctx, w) == 0, "the work of a request begins its ctx");

static enum err
admit_subjects(struct work *w, int64_t n)
{
	return limit_subjects((struct ctx *)w, n, rate_take);
}

static enum err
may_admit_subjects(struct work *w, int64_t n)
{
	return limit_subjects((struct ctx *)w, n, rate_wait);
}

void
client_rate_limit_subjects(struct ctx *c)
{
	c->w.admit = admit_subjects;
	c->w.may_admit = may_admit_subjects;
}
