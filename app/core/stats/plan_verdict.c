/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The words of a plan: how far it is and when it ends, or what its end leaves open. An alternative
 * that no longer gets participants is not waited for.
 */
#include "core/stats/plan_verdict.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>

#include "base/mem.h"
#include "core/stats/verdict_input.h"

enum { WEEK = 7 };

#define MOST_DAYS 1e6

struct progress {
	const struct verdict_input *in;
	const struct arm_counts *t;
	const struct analysis *d;
	bool closed; /* nobody new takes part, or no alternative is open to them */
	void *ctx;
	struct json_object *reasons;
	struct plan_verdict *out;
};

static void add_note(struct progress *j, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void
add_note(struct progress *j, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	json_object_array_add(
	    j->reasons, json_object_new_string(mem_vprintf(j->ctx, fmt, ap)));
	va_end(ap);
}

/* Whether an alternative that is compared still gets participants. */
static bool
any_enters(const struct progress *j)
{
	for (size_t i = 0; i < j->t->narms; i++)
		if (&j->t->arms[i] != j->t->control && j->d->arms[i].compared &&
		    j->d->arms[i].enters)
			return true;
	return false;
}

/* Whether the plan waits for the arm: not for one that nobody is to get, unless that is at its
 * end. */
static bool
is_awaited(const struct progress *j, size_t arm)
{
	const struct analysis_arm *a = &j->d->arms[arm];

	return &j->t->arms[arm] != j->t->control && a->compared &&
	    (a->enters || (a->looks != NULL && a->looks->final) || !any_enters(j));
}

/* How much of what the plan needs an arm has. */
static double
arm_progress(const struct progress *j, size_t arm)
{
	const struct analysis_arm *a = &j->d->arms[arm];

	return a->looks != NULL ? analysis_information(a)
	    : 2 * j->in->all[arm].tested.pairs / a->needed;
}

/* The arm that has least of what the plan needs, of those that are not at their end; narms: all
 * are. */
static size_t
find_slowest(const struct progress *j)
{
	size_t slowest = j->t->narms;

	for (size_t i = 0; i < j->t->narms; i++) {
		const struct look_arm *looks = j->d->arms[i].looks;
		if (is_awaited(j, i) && (looks == NULL || !looks->final) &&
		    (slowest == j->t->narms || arm_progress(j, i) < arm_progress(j, slowest)))
			slowest = i;
	}
	return slowest;
}

/* Whether an effect as planned is ruled out in every arm. */
static bool
effect_is_ruled_out(const struct progress *j)
{
	bool out = false;

	for (size_t i = 0; i < j->t->narms; i++) {
		if (!is_awaited(j, i))
			continue;
		out = j->d->arms[i].looks->ruled_out;
		if (!out)
			return false;
	}
	return out;
}

/* The final look of every arm was passed: what the intervals leave open. False when no arm is left
 * that was in the plan. */
static bool
say_nothing_found(struct progress *j)
{
	double lo = INFINITY, hi = -INFINITY;

	for (size_t i = 0; i < j->t->narms; i++) {
		if (!is_awaited(j, i))
			continue;
		lo = fmin(lo, j->in->all[i].sequence.lo);
		hi = fmax(hi, j->in->all[i].sequence.hi);
	}
	if (lo > hi)
		return false;
	*j->out = (struct plan_verdict){"none", mem_printf(j->ctx,
	    "No difference found; beyond %+.1f to %+.1f points is ruled out.", lo * 100, hi * 100),
	    -1};
	return true;
}

static void
say_ruled_out(struct progress *j)
{
	add_note(j, "an effect of %+.4g points, as planned, is ruled out; the experiment may go on",
	    j->d->plan->effect * 100);
	*j->out = (struct plan_verdict){"excluded", "An effect as planned is ruled out.", -1};
}

/* The days until the arm's final look; -1: not known. */
static int64_t
days_to_final(struct progress *j, size_t arm)
{
	int64_t day;

	if (!analysis_final_day(j->d, &j->d->arms[arm], &day))
		return -1;
	add_note(j, "the final look is at the end of a whole week, about %s",
	    analysis_day(j->ctx, day));
	return day - (j->d->first_day + j->d->days - 1);
}

/* The days until so many participants have come as the plan needs; an experiment ends with a whole
 * week. */
static int64_t
days_to_come(const struct progress *j, double t)
{
	int64_t week = WEEK - (j->in->days < 0 ? 0 : j->in->days % WEEK);

	if (!(j->in->per_day > 0) || t == 0)
		return -1;
	double left = ceil((1 - t) / t * (double)j->t->participants / j->in->per_day);
	return left > MOST_DAYS ? -1 : (int64_t)fmax(left, (double)week);
}

/* The plan is fulfilled to t only. */
static void
say_unfinished(struct progress *j, size_t slowest, double t)
{
	const struct analysis_arm *arm = &j->d->arms[slowest];
	double percent = fmin(100, floor(t * 100));

	add_note(j, "the plan needs %.0f participants in each arm", arm->needed);
	/* Who waits may still come in, and a plan that is fulfilled has its final look
	 * at the end of the week. */
	if (j->closed && j->d->waiting <= 0 && t < 1) {
		*j->out = (struct plan_verdict){"ended", mem_printf(j->ctx,
		    "Ended at %.0f%% of the plan: not decided.", percent), -1};
		return;
	}
	int64_t days = arm->looks != NULL ? days_to_final(j, slowest)
	    : j->closed ? -1 : days_to_come(j, t);
	const char *todo = !j->closed ? "Keep running"
	    : j->d->waiting > 0 ? "Wait for open windows" : "Wait for the final look";
	const char *share = mem_printf(j->ctx, "%s: %.0f%% of the plan", todo, percent);
	*j->out = (struct plan_verdict){"running", days < 0 ? mem_printf(j->ctx, "%s.", share)
	    : mem_printf(j->ctx, "%s, about %" PRId64 " day%s to go.", share, days,
		  days == 1 ? "" : "s"), days};
}

bool
plan_verdict(void *ctx, const struct verdict_input *in, struct json_object *reasons,
    struct plan_verdict *out)
{
	struct progress j = {in, in->counts, in->analysis, in->analysis->closed, ctx, reasons, out};
	bool looks = j.d->method == ANALYSIS_SPENDING;
	size_t slowest = find_slowest(&j);

	j.closed = j.closed || !any_enters(&j);
	bool all = slowest == j.t->narms;
	double t = all ? 1 : arm_progress(&j, slowest);

	if (j.d->plan == NULL || (!looks && t >= 1))
		return false;
	if (looks && all)
		return say_nothing_found(&j);
	if (looks && effect_is_ruled_out(&j))
		say_ruled_out(&j);
	else
		say_unfinished(&j, slowest, t);
	return true;
}
