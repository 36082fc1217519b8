/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_DEFINITION_SEGMENTATION_H
#define SERVICE_DEFINITION_SEGMENTATION_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "core/audience/segmentation.h"

struct work;

/*
 * Definitions of segmentations. Answers are objects {id, context, type, name, description, groups:
 * [{id, name, rule?}, ..], overlap, active, parameters, version, created_at, updated_at} on w->mem.
 * An experiment is shown as a segmentation of type `experiment`, but neither changed nor deleted.
 */

/*
 * Reads a new segmentation from JSON and reports every problem with its pointer. strict: unknown
 * members are problems, too. *out is lent by body and w->problems. ERR_INVALID.
 */
enum err segmentation_input_read(struct work *w, struct json_object *body, bool strict,
    struct segmentation_definition *out) must_check;

/*
 * Defines a segmentation. ERR_INVALID for rules that refer to what does not exist, or to each other
 * in a cycle; ERR_CONFLICT when the id is taken.
 */
enum err segmentation_add(struct work *w, const struct segmentation_definition *in,
    struct json_object **answer) must_check;

/* The definition of that id, or an experiment shown as one. ERR_NOT_FOUND. */
enum err segmentation_get(struct work *w, const char *id, struct json_object **answer) must_check;

/* What a caller changes. Lent by the JSON it was read from. */
struct segmentation_change {
	struct json_object *members; /* absent keeps, null clears */
	const char *version; /* that it must have; NULL: any */
};

/*
 * Reads the members of a change from JSON, as segmentation_input_read(). Their values are checked
 * together with those that stay, by segmentation_change(). ERR_INVALID.
 */
enum err segmentation_change_read(struct work *w, struct json_object *body, bool strict,
    struct segmentation_change *out) must_check;

/*
 * Changes a segmentation, and renames groups wherever rules and criteria use them; the answer may
 * have `warnings`. ERR_NOT_FOUND, ERR_INVALID; ERR_CONFLICT where something uses a removed group;
 * ERR_PRECONDITION where it has another version.
 */
enum err segmentation_change(struct work *w, const char *id, const struct segmentation_change *in,
    struct json_object **answer) must_check;

/*
 * Deletes a segmentation with its members (version NULL: any); the answer is {id, deleted}.
 * ERR_NOT_FOUND, ERR_PRECONDITION, ERR_CONFLICT with a problem for each definition that uses it.
 */
enum err segmentation_remove(struct work *w, const char *id, const char *version,
    struct json_object **answer) must_check;

/* Which segmentations are listed, by id. */
struct segmentation_filter {
	const char *after;   /* an id; NULL: from the first */
	const char *context; /* NULL: of any */
	const char *type;    /* random, manual, rule or experiment; NULL: of any */
	int64_t limit;
};

/*
 * Segmentations without their versions, as an array; *next is the `after` of the next page, NULL
 * when these are the last. ERR_INVALID for an unknown type.
 */
enum err segmentation_list(struct work *w, const struct segmentation_filter *filter,
    struct json_object **list, const char **next) must_check;

/*
 * The definitions that refer to a segmentation, as an array [{id, kind: segmentation or
 * experiment}, ..].
 */
enum err segmentation_referrers(struct work *w, const char *id, struct json_object **list)
    must_check;

/*
 * The number of members of each group that has any, as an array [{group_nr, n}, ..]; counts the
 * first `most` members only.
 */
enum err segmentation_sizes(struct work *w, const char *id, int64_t most,
    struct json_object **list) must_check;

#endif
