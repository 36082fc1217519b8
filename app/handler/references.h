/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef REFERENCES_H
#define REFERENCES_H

#include <json-c/json.h>

#include "base/err.h"

struct ctx;
struct segments;

/*
 * Whether what rules refer to exists: references [{at, target, id, wanted}] to segmentations and
 * experiments, and to their groups and alternatives by name. ERR_INVALID with a problem for each
 * that does not.
 */
enum err references_check(struct ctx *c, const struct segments *all,
    struct json_object *references) must_check;

/* The ids (JSON strings) as a PostgreSQL array, on c->mem. */
const char *references_array(struct ctx *c, struct json_object *ids);

#endif
