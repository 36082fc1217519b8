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

/*
 * How many subjects are in those of ids that the list after no longer has, by query q ($1:
 * c->args[0], $2: the numbers); 0 without a query when nothing was removed.
 */
enum err removal_count(struct work *w, enum query q, struct json_object *ids,
    struct json_object *after, int64_t *subjects) must_check;

#endif
