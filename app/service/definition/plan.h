/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_DEFINITION_PLAN_H
#define SERVICE_DEFINITION_PLAN_H

#include <json-c/json.h>

#include "base/err.h"

struct plan;
struct work;

/*
 * How many subjects a plan (core/experiment/plan.h) needs, and how many days they take at the rate
 * of the last week: that of the experiment, whose number of alternatives counts, too, or of the
 * busiest experiment (NULL) with two. {baseline, effect, alpha, power, per_arm, arms, needed,
 * per_day, days, days_to_go} on w->mem; both counts of days are null without traffic.
 * ERR_NOT_FOUND.
 */
enum err plan_estimate(struct work *w, const struct plan *plan, const char *experiment,
    struct json_object **answer) must_check;

#endif
