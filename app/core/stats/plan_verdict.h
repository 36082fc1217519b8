/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_STATS_PLAN_VERDICT_H
#define CORE_STATS_PLAN_VERDICT_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

struct verdict_input;

/* What a plan makes of an experiment in which no alternative is better or worse than control. */
struct plan_verdict {
	const char *state; /* none, excluded, ended or running; static */
	const char *text;
	int64_t days_to_go; /* until it is fulfilled; -1: not known */
};

/* Fills *out, texts on ctx, and adds to the reasons; false when there is nothing to say: no plan,
 * or one that is fulfilled and does not decide. */
bool plan_verdict(void *ctx, const struct verdict_input *in, struct json_object *reasons,
    struct plan_verdict *out);

#endif
