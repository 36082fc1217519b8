/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_DECISION_ASSIGNMENT_H
#define SERVICE_DECISION_ASSIGNMENT_H

#include <json-c/json.h>
#include <stdbool.h>

#include "base/err.h"
#include "core/experiment/visitor.h"

struct work;

/*
 * Assignments of one subject. Answers are objects {experiment, alternative, payload, reason,
 * enrolled, new} on w->mem. Every function reads the record of the visitor into who.
 */

/*
 * What a request says of an enrolment; NULL where it says nothing. Only a trusted actor may say
 * force or alternatives, and only for one experiment; ERR_FORBIDDEN.
 */
struct assignment_input {
	struct json_object *force;        /* name of the alternative, unless it is enrolled */
	struct json_object *alternatives; /* to be created, see service/definition/auto_create.h */
	bool as_shown; /* it says what the visitor has seen: nothing else is enrolled in */
	struct json_object *shown;        /* the name of that alternative; of several experiments
					     {id: name}, without those that were not shown */
};

/*
 * Enrols the visitor in the experiment of that id. A visitor who is enrolled already keeps the
 * alternative. Answers control for an experiment that does not exist and may not be created.
 * ERR_FORBIDDEN, ERR_INVALID, ERR_THROTTLED.
 */
enum err assignment_enroll(struct work *w, struct visitor *who, const char *id,
    const struct assignment_input *in, struct json_object **answer) must_check;

/*
 * What the visitor sees of the experiment now; control where it is not enrolled. Nothing is
 * written. Answers control for an experiment that does not exist, too.
 */
enum err assignment_preview(struct work *w, struct visitor *who, const char *id,
    struct json_object **answer) must_check;

/*
 * As assignment_preview, with each gate of the decision: {.., would_enroll, salt, gates}.
 * ERR_NOT_FOUND.
 */
enum err assignment_explain(struct work *w, struct visitor *who, const char *id,
    struct json_object **answer) must_check;

/*
 * Puts the visitor into the alternative of that name (a JSON string) by hand. ERR_NOT_FOUND,
 * ERR_INVALID when the experiment has no such alternative.
 */
enum err assignment_set(struct work *w, struct visitor *who, const char *id,
    struct json_object *alternative, struct json_object **answer) must_check;

/*
 * Enrols the visitor in every experiment that applies to it. *list is an array of answers, which
 * leaves out experiments whose audience the visitor is not in, and has what everybody sees of
 * those that are over, where it is not control. An actor that is not trusted gets none of
 * visibility `server`.
 */
enum err assignment_enroll_all(struct work *w, struct visitor *who,
    const struct assignment_input *in, struct json_object **list) must_check;

/*
 * Enrols the visitor in the experiments of these ids (a JSON array of strings, at most 1000). *list
 * is an array of answers, one for each distinct id. ERR_NOT_FOUND, ERR_INVALID.
 */
enum err assignment_enroll_named(struct work *w, struct visitor *who, struct json_object *ids,
    const struct assignment_input *in, struct json_object **list) must_check;

#endif
