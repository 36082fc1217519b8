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

/* Alternatives of an experiment, or groups of a segmentation, on their way out. */
struct removal {
	enum query q;   /* counts the subjects in them; $1: id, $2: numbers */
	const char *id; /* of the definition */
	struct json_object *ids;   /* the numbers before */
	struct json_object *after; /* the list as it will be */
};

/* How many subjects are in what is removed; 0 without a query when nothing is. */
enum err removal_count(struct work *w, const struct removal *r, int64_t *subjects) must_check;

#endif
