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
	int64_t needed;  /* plan_needed() of two equal arms */
};

/*
 * Participants that the plan needs in each arm by sample_size_rate(), looks at every day included,
 * for an alternative that gets that share (0..1) of the pair of it and control, where so many arms,
 * control among them, are compared: each alternative at alpha / (arms - 1), which costs some.
 */
int64_t plan_needed(const struct plan *plan, size_t arms, double share);

/* What a plan needs of an experiment. */
struct plan_size {
	int64_t per_arm; /* plan_needed() of the alternative that needs most */
	int64_t total;   /* participants of all arms: per_arm times arms where shares are equal */
};

/* For the shares of n arms (0: nobody gets it), that of control at the place `control`. */
struct plan_size plan_size(const struct plan *plan, const double shares[], size_t n,
    size_t control);

/* Whether the same is planned. */
bool plan_is_same(const struct plan *a, const struct plan *b);

/*
 * Reads {baseline, effect, alpha, power}; alpha and power are 0.05 and 0.8 when absent. False, with
 * problems added below the JSON pointer at, when it is not valid or would need more than 1e15
 * participants in each arm.
 */
bool plan_read(struct json_object *o, const char *at, struct problems *problems,
    struct plan *out);

#endif
