/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_DECISION_ENROLMENT_H
#define SERVICE_DECISION_ENROLMENT_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "core/experiment/decide.h"
#include "core/experiment/visitor.h"

struct experiment_set;
struct work;

/* What somebody gets of an experiment. */
struct outcome {
	const struct experiment *experiment; /* given */
	const char *force;               /* given; NULL: nothing is forced */
	bool selected;                   /* given: in the audience, whatever the record says */
	struct decision decision;
	bool enrolled; /* afterwards */
	bool made;     /* by this call */
};

/* The question that decides o. */
struct decision_request enrolment_question(
    struct work *w, const struct visitor *who, const struct outcome *o, struct enrolled *scrap);

/* Decides each of the n outcomes; nothing is written. */
void enrolment_look(struct work *w, const struct visitor *who, struct outcome list[], size_t n);

/*
 * Decides each of the n outcomes and enrols the visitor where the decision says so, as a change or
 * as a part of one (service/change.h). The only way to be enrolled but by hand.
 */
enum err enrolment_run(struct work *w, const struct visitor *who, struct outcome list[], size_t n)
    must_check;

/* Puts the visitor by hand into an alternative of the experiment, likewise. */
enum err enrolment_set(struct work *w, const struct visitor *who, struct outcome *o,
    struct json_object *alternative) must_check;

/* {experiment, alternative, payload, reason, enrolled, new}; the caller owns it. */
struct json_object *enrolment_answer(const struct outcome *o);

#endif
