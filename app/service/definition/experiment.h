/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_DEFINITION_EXPERIMENT_H
#define SERVICE_DEFINITION_EXPERIMENT_H

#include <json-c/json.h>

#include "base/err.h"
#include "core/experiment/definition.h"

struct work;

/*
 * Definitions of experiments: created, read, changed and deleted. Their state and status are in
 * service/definition/experiment_state.h. A version is a number that each change by people raises,
 * and behind a point one that each change by a job raises ("3.1").
 */

/* What an operation leaves, on w->mem. */
struct experiment_answer {
	struct json_object *definition; /* in the flat shape, state and weighting as words */
	const char *version; /* present version; NULL: unknown, because the request was repeated */
};

/* The experiment that an operation is about. */
struct experiment_target {
	const char *id;
	const char *version; /* that it must have, up to the point; NULL: any */
};

/* The definition of that id. ERR_NOT_FOUND. */
enum err experiment_get(struct work *w, const char *id, struct experiment_answer *out) must_check;

/*
 * Reads the `request` of a creation and reports every problem with its pointer. Members with older
 * names are renamed in request. ERR_INVALID.
 */
enum err experiment_input_read(struct work *w, struct json_object *request,
    struct definition *out) must_check;

/*
 * Creates an experiment, or replaces a failed one. The answer is the definition with an echo of the
 * request; where the id is taken, nothing is changed and the answer is {err, errorMsg, expResponse}
 * with the definition that is there. ERR_CONFLICT when the id belongs to a segmentation or other
 * experiments have the slots.
 */
enum err experiment_create(struct work *w, const struct definition *d,
    struct experiment_answer *out) must_check;

/* What a caller wants to change. Lent by the JSON it was read from. */
struct experiment_changes {
	struct json_object *members; /* named as in a creation; absent keeps, null clears */
	const char *by;              /* the last editor, as the definition names it */
};

/*
 * Reads the `request` of a change as experiment_input_read(); values that depend on the stored
 * definition are checked by experiment_change(). ERR_INVALID.
 */
enum err experiment_changes_read(struct work *w, struct json_object *request,
    struct experiment_changes *out) must_check;

/*
 * Changes a definition; the answer has `warnings` when enrolled subjects are affected.
 * ERR_NOT_FOUND, ERR_PRECONDITION, ERR_INVALID; ERR_CONFLICT when the status forbids it, something
 * refers to a removed alternative, or other experiments have the slots.
 */
enum err experiment_change(struct work *w, const struct experiment_target *t,
    const struct experiment_changes *in, struct experiment_answer *out) must_check;

/* Deletes a definition; the answer is {expId, deleted}. ERR_NOT_FOUND, ERR_PRECONDITION,
 * ERR_CONFLICT with a problem for each definition that uses it. */
enum err experiment_remove(struct work *w, const struct experiment_target *t,
    struct experiment_answer *out) must_check;

/* The functions below are for operations on experiments. */

/* Whether anybody has taken part in it, and whether its plan, made before that, is fixed. */
enum err experiment_started(struct work *w, const char *id, bool *started, bool *locked)
    must_check;

/* The stored definition of that id, a row of sql/query/experiment_get.sql, on w->mem.
 * ERR_NOT_FOUND. */
enum err experiment_find(struct work *w, const char *id, struct json_object **out,
    const char **version) must_check;

/* The part of a version that people's changes raise: up to its point, on w->mem. */
const char *experiment_version(struct work *w, const char *version);

/*
 * Brings a row into the shape of answers: without internal members, state, weighting and the type
 * of the payloads as words.
 */
void experiment_shape(struct json_object *row);

/* Adds to `warnings` of an answer; and, to one in that shape, what is to be said of payloads of
 * several types. */
void experiment_add_warning(struct json_object *answer, const char *text);
void experiment_warn_of_types(struct json_object *answer);

/*
 * Begins a change (service/change.h) of t: reads its row, sets it as what was stored before, and
 * sets out->version. *version is the one that the writing statement must name. ERR_NOT_FOUND.
 */
enum err experiment_begin(struct work *w, const struct experiment_target *t,
    struct experiment_answer *out, struct json_object **row, const char **version) must_check;

/*
 * Fails because the writing statement found no row: ERR_PRECONDITION when the version is not
 * `version` any more, else ERR_CONFLICT, because the status forbids `doing`.
 */
enum err experiment_refuse(struct work *w, const struct experiment_target *t, const char *version,
    const char *doing, struct experiment_answer *out) must_check;

#endif
