/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_DEFINITION_REMOVAL_H
#define SERVICE_DEFINITION_REMOVAL_H

#include <json-c/json.h>
#include <stdint.h>

#include "base/err.h"
#include "store/db/query.h"

struct work;

/* The numbers of a list of alternatives or groups [{id, ..}], as a JSON array on w->mem. */
struct json_object *removal_ids(struct work *w, struct json_object *list);

/* A change that may remove alternatives of an experiment or groups of a segmentation. */
struct removal {
	enum query q;   /* counts the subjects in them; $1: id, $2: numbers */
	const char *id; /* of the definition */
	struct json_object *ids;   /* numbers before the change */
	struct json_object *after; /* the list after the change */
};

/*
 * The number of subjects in removed alternatives or groups; 0 without a query when none is removed.
 */
enum err removal_count(struct work *w, const struct removal *r, int64_t *subjects) must_check;

#endif
