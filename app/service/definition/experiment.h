/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_DEFINITION_EXPERIMENT_H
#define SERVICE_DEFINITION_EXPERIMENT_H

#include <json-c/json.h>

#include "base/err.h"
#include "core/experiment/definition.h"

struct work;

/*
 * Experiments: definitions that are created, read, changed and deleted. How they are delivered is
 * service/definition/experiment_state.h. A version is a number that each change by people raises;
 * behind a point stands one that each change by a job raises ("3.1").
 */

/* What an operation leaves, on w->mem. */
struct experiment_answer {
	struct json_object *definition; /* in the flat shape, state and weighting as words */
	const char *version; /* of it as it is now; NULL: not known, the request was repeated */
};

/* An experiment to be changed. */
struct experiment_target {
	const char *id;
	const char *version; /* the version of people's changes that it must have; NULL: any */
};

/* The definition of that id. ERR_NOT_FOUND. */
enum err experiment_get(struct work *w, const char *id, struct experiment_answer *out) must_check;

/* Reads the `request` of a creation, notes all that is wrong with it, by its pointer; request may
 * get members under other names. ERR_INVALID. */
enum err experiment_input_read(struct work *w, struct json_object *request,
    struct definition *out) must_check;

/*
 * Creates an experiment, or replaces a failed one. The definition is answered with an echo of the
 * request; where there is one of this id, nothing is changed and the answer is {err, errorMsg,
 * expResponse} with the definition that is there. ERR_CONFLICT when the id is a segmentation's or
 * others have the slots.
 */
enum err experiment_create(struct work *w, const struct definition *d,
    struct experiment_answer *out) must_check;

/* What a caller wants to be changed of a definition. Lent by the JSON it was read from. */
struct experiment_changes {
	struct json_object *members; /* in the words of a creation; absent keeps, null clears */
	const char *by;              /* whom the definition names as its last editor */
};

/* Reads the `request` of a change, as experiment_input_read; what depends on the definition is
 * checked by experiment_change. ERR_INVALID. */
enum err experiment_changes_read(struct work *w, struct json_object *request,
    struct experiment_changes *out) must_check;

/*
 * Changes a definition; the answer has `warnings` when subjects are affected. ERR_NOT_FOUND,
 * ERR_PRECONDITION, ERR_INVALID, ERR_CONFLICT when its status forbids it, something refers to a
 * removed alternative, or others have the slots.
 */
enum err experiment_change(struct work *w, const struct experiment_target *t,
    const struct experiment_changes *in, struct experiment_answer *out) must_check;

/* Deletes a definition; the answer is {expId, deleted}. ERR_NOT_FOUND, ERR_PRECONDITION,
 * ERR_CONFLICT with a problem for each definition that uses it. */
enum err experiment_remove(struct work *w, const struct experiment_target *t,
    struct experiment_answer *out) must_check;

/* The rest is for operations on experiments. */

/* The stored definition of that id, a row of sql/query/experiment_get.sql, on w->mem.
 * ERR_NOT_FOUND. */
enum err experiment_find(struct work *w, const char *id, struct json_object **out,
    const char **version) must_check;

/* What people have changed of it: the version up to its point, on w->mem. */
const char *experiment_version(struct work *w, const char *version);

/* Puts a row into the shape of answers. */
void experiment_shape(struct json_object *row);

/*
 * Finds the row of t in a change (service/change.h) over it, notes it as what was there before, and
 * sets out->version; *version is the one to be named in the statement that writes. ERR_NOT_FOUND.
 */
enum err experiment_begin(struct work *w, const struct experiment_target *t,
    struct experiment_answer *out, struct json_object **row, const char **version) must_check;

/* Why the statement touched nothing: another version than `version`, or (when it is the present
 * one) the status, which forbids `doing`. */
enum err experiment_refuse(struct work *w, const struct experiment_target *t, const char *version,
    const char *doing, struct experiment_answer *out) must_check;

#endif
