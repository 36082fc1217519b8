/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_EXPERIMENT_PLAN_H
#define CORE_EXPERIMENT_PLAN_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/problem.h"

/* What an experiment is to find out, said before it begins: how many subjects that takes. */
struct plan {
	double baseline; /* rate of control, 0..1 */
	double effect;   /* the difference to be found, absolute: 0.02 is 10 % to 12 % */
	double alpha;    /* chance to find one that is not there */
	double power;    /* chance to find it when it is there */
	int64_t needed;  /* subjects in each arm, as stats_needed() has it */
};

/*
 * Reads {baseline, effect, alpha, power}, the latter two 0.05 and 0.8 when absent; no more subjects
 * than 1e15 are planned. False, with problems added below the JSON pointer at, when it is none.
 */
bool plan_read(struct json_object *o, const char *at, struct problems *problems,
    struct plan *out);

#endif
