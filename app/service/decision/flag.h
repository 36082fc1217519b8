/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_DECISION_FLAG_H
#define SERVICE_DECISION_FLAG_H

#include <json-c/json.h>
#include <stdbool.h>

#include "base/err.h"
#include "core/experiment/visitor.h"

struct work;

/* Experiments evaluated as flags (core/experiment/flag.h). */

/* What is asked. The record of the visitor is read into who. */
struct flag_request {
	struct visitor *who;     /* subject NULL: nobody is named */
	bool enroll;             /* enrol where the decision says so, or only look */
	bool ignores_attributes; /* the request brought attributes that its key does not allow */
};

/*
 * One flag, on w->mem. *known is false, and *flag an error without a value, when a subject is
 * needed and none is named. ERR_NOT_FOUND where there is no such experiment, or the actor is not
 * to know of it; ERR_THROTTLED; errors of the database.
 */
enum err flag_one(struct work *w, const struct flag_request *q, const char *key,
    struct json_object **flag, bool *known) must_check;

/*
 * All flags in the order of their keys, {flags: [..]} on w->mem: the experiments in effect, whether
 * the subject is in them or not, and those that are over while another alternative than control is
 * shown. An actor that is not trusted gets none of visibility `server`.
 */
enum err flag_all(struct work *w, const struct flag_request *q, struct json_object **answer)
    must_check;

#endif
