/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_DEFINITION_PLAN_H
#define SERVICE_DEFINITION_PLAN_H

#include <json-c/json.h>

#include "base/err.h"

struct plan;
struct work;

/* What a plan is asked about. */
struct plan_question {
	const char *experiment; /* whose alternatives and traffic count; or NULL */
	struct json_object *alternatives; /* as in a request; NULL: its own */
	const char *goal; /* its recent rate is the baseline, if none is given; or NULL */
	const char *goal_at; /* JSON pointer of what names the goal */
};

/*
 * Adds the baseline to members (those of core/experiment/plan.h) where they have none and the
 * question names a goal: the part of the participants of the last 28 days that hit it, in the
 * experiment of the question, or in the one with most hits. *observed: {goal, experiment,
 * participants, conversions}, on w->mem, or NULL. ERR_INVALID at goal_at when nobody or everybody
 * did.
 */
enum err plan_observe(struct work *w, const struct plan_question *q, struct json_object *members,
    struct json_object **observed) must_check;

/*
 * How many subjects a plan needs, and how many days they take at the rate at which they were drawn
 * in the last week: in the experiment, whose alternatives and their shares count, too, or in the
 * busiest experiment (NULL) with two equal ones. {baseline, effect, alpha, power, per_arm, arms,
 * needed, per_day, days, weeks, days_to_go, least_effects} on w->mem; days and weeks are null
 * without traffic, and least_effects [{weeks, participants, effect}, ..], which tells what is found
 * with that power in 1, 2 and 4 weeks, has a null effect where none can be. ERR_NOT_FOUND.
 */
enum err plan_estimate(struct work *w, const struct plan *plan, const struct plan_question *q,
    struct json_object **answer) must_check;

/* Adds 0.1 as `0.1` and not as the digits of the nearest double. */
void plan_add_number(struct json_object *o, const char *name, double x);

#endif
