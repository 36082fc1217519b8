/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_DEFINITION_EXPERIMENT_STATE_H
#define SERVICE_DEFINITION_EXPERIMENT_STATE_H

#include <json-c/json.h>
#include <stdbool.h>

#include "base/err.h"
#include "core/experiment/lifecycle.h"
#include "service/definition/experiment.h"

struct work;

/* How an experiment is to be delivered. */
struct experiment_delivery {
	int state;            /* core/experiment/delivery.h */
	const char *default_alternative; /* name of the new default; NULL: unchanged */
	bool effective; /* refuse a state that has no effect because of the status */
};

/* Reads {state, default?} and reports what is wrong with it. ERR_INVALID. */
enum err experiment_delivery_read(struct work *w, struct json_object *o,
    struct experiment_delivery *out) must_check;

/*
 * Sets state and default. ERR_NOT_FOUND, ERR_PRECONDITION; ERR_INVALID when there is no such
 * alternative; ERR_CONFLICT when it would have no effect.
 */
enum err experiment_deliver(struct work *w, const struct experiment_target *t,
    const struct experiment_delivery *in, struct experiment_answer *out) must_check;

/*
 * Stops, resumes or refreshes an experiment. ERR_NOT_FOUND, ERR_PRECONDITION, ERR_CONFLICT when its
 * status forbids it.
 */
enum err experiment_move(struct work *w, const struct experiment_target *t, enum move m,
    struct experiment_answer *out) must_check;

#endif
