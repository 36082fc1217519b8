/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_EXPERIMENT_PLAN_H
#define CORE_EXPERIMENT_PLAN_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/problem.h"

/*
 * The plan of an experiment: the effect that it is to detect, and the sample size that this needs.
 */
struct plan {
	double baseline; /* expected conversion rate of control, 0..1 */
	double effect;   /* minimum detectable effect, absolute: 0.02 is from 10 % to 12 % */
	double alpha;    /* significance level of the two-sided test, 0..1 */
	double power;    /* probability of detecting the effect if it exists, 0..1 */
	int64_t needed;  /* participants needed in each of two arms, by stats_needed() */
};

/*
 * Participants needed in each of so many arms, control among them: each alternative is compared at
 * alpha / (arms - 1), which costs some.
 */
int64_t plan_needed(const struct plan *plan, size_t arms);

/*
 * Reads {baseline, effect, alpha, power}; alpha and power are 0.05 and 0.8 when absent. False, with
 * problems added below the JSON pointer at, when it is not valid or would need more than 1e15
 * participants in each arm.
 */
bool plan_read(struct json_object *o, const char *at, struct problems *problems,
    struct plan *out);

#endif
