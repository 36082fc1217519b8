/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Changes of several requests with one commit. The common change is one of change_run(), so the
 * cache is told of all subjects before the statement and again after the commit, and a conflict
 * with others is tried again as a whole.
 */
#include "service/joint_change.h"

#include <string.h>

#include "base/mem.h"
#include "base/metric.h"
#include "service/change.h"
#include "store/work.h"

/* A change of several parts, as the argument of change_run(). */
struct joint_change {
	const struct joint_part *parts;
	size_t n;
	joint_change_fn *run;
};

static enum err
run_parts(struct work *w, void *arg, struct json_object **answer)
{
	const struct joint_change *j = arg;

	(void)answer;
	return j->run(w, j->parts, j->n);
}

static enum err
run_joint(struct joint_part parts[], size_t n, joint_change_fn *run)
{
	struct joint_change j = {parts, n, run};
	struct json_object *none;

	return change_run(parts[0].w, run_parts, &j, &none);
}

/* Whether a part must be run by itself, beside n others that share a transaction. */
static bool
goes_alone(const struct joint_part *part, const struct joint_part others[], size_t n)
{
	const struct work *w = part->w;

	for (size_t i = 0; i < n && part->subject != NULL; i++)
		if (others[i].subject != NULL && strcmp(others[i].subject, part->subject) == 0)
			return true;
	return part->alone || w->change != NULL || w->intent.action != NULL ||
	    w->intent.idempotency_key != NULL;
}

/* Moves the parts that can share a transaction to the front; their number. */
static size_t
gather_parts(struct joint_part parts[], size_t n)
{
	size_t shared = 0;

	for (size_t i = 0; i < n; i++) {
		struct joint_part part = parts[i];
		if (goes_alone(&part, parts, shared))
			continue;
		parts[i] = parts[shared];
		parts[shared++] = part;
	}
	return shared;
}

/* Ends all parts as their common change has ended. */
static void
end_parts(struct joint_part parts[], size_t n, enum err e)
{
	const struct work *of = parts[0].w;

	for (size_t i = 0; i < n; i++) {
		struct work *w = parts[i].w;
		parts[i].e = e;
		if (i > 0 && e != OK && of->detail != NULL)
			w->detail = mem_dup(w->mem, of->detail);
		w->later = of->later;
	}
}

/* Runs n parts in one change; false when each has to be run by itself. */
static bool
run_shared(struct joint_part parts[], size_t n, joint_change_fn *run)
{
	enum err e = run_joint(parts, n, run);

	if (e != OK && e != ERR_UNAVAILABLE) {
		metric_add(METRIC_joint_failures_total, 1);
		work_forget(parts[0].w);
		return false;
	}
	metric_add(METRIC_joint_commits_total, e == OK);
	metric_add(METRIC_joint_changes_total, e == OK ? n : 0);
	end_parts(parts, n, e);
	return true;
}

void
joint_change_run(struct joint_part parts[], size_t n, joint_change_fn *run)
{
	size_t shared = gather_parts(parts, n), done = 0;

	if (shared > 1 && run_shared(parts, shared, run))
		done = shared;
	for (size_t i = done; i < n; i++)
		parts[i].e = run_joint(&parts[i], 1, run);
}

const char *
joint_change_now(const struct joint_part parts[], size_t n)
{
	struct work *newest = parts[0].w;

	for (size_t i = 1; i < n; i++)
		if (parts[i].w->now > newest->now)
			newest = parts[i].w;
	return work_now_text(newest);
}
