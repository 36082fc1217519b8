/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_DECISION_ASSIGNMENT_H
#define SERVICE_DECISION_ASSIGNMENT_H

#include <json-c/json.h>

#include "base/err.h"
#include "core/experiment/visitor.h"

struct work;

/*
 * What a subject gets of experiments. Answers are objects {experiment, alternative, payload,
 * reason, enrolled, new} on w->mem. The record of the visitor is read into who.
 */

/* What a caller says of an enrolment; NULL where it says nothing. Only a trusted actor may. */
struct assignment_input {
	struct json_object *force;        /* name of the alternative, unless it is enrolled */
	struct json_object *alternatives; /* to be created, see service/definition/auto_create.h */
};

/*
 * Enrols the visitor in the experiment of that id, once. Of an experiment that does not exist and
 * may not be created, control is answered. ERR_FORBIDDEN, ERR_INVALID.
 */
enum err assignment_enroll(struct work *w, struct visitor *who, const char *id,
    const struct assignment_input *in, struct json_object **answer) must_check;

/* What the visitor sees of the experiment of that id, or would see if it is not enrolled; nothing
 * is written. Of an experiment that does not exist, control is answered. */
enum err assignment_look(struct work *w, struct visitor *who, const char *id,
    struct json_object **answer) must_check;

/* The same with each gate of the decision: {.., would_enroll, salt, gates}. ERR_NOT_FOUND. */
enum err assignment_explain(struct work *w, struct visitor *who, const char *id,
    struct json_object **answer) must_check;

/* Puts the visitor into the alternative of that name (a JSON string) by hand. ERR_NOT_FOUND,
 * ERR_INVALID when there is no such alternative. */
enum err assignment_set(struct work *w, struct visitor *who, const char *id,
    struct json_object *alternative, struct json_object **answer) must_check;

/* Enrols the visitor in all experiments that are for it, as an array. */
enum err assignment_enroll_all(struct work *w, struct visitor *who, struct json_object **list)
    must_check;

/* Enrols the visitor in the experiments of these ids (a JSON array of strings), as an array.
 * ERR_NOT_FOUND, ERR_INVALID. */
enum err assignment_enroll_named(struct work *w, struct visitor *who, struct json_object *ids,
    struct json_object **list) must_check;

#endif
