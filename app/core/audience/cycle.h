/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_AUDIENCE_CYCLE_H
#define CORE_AUDIENCE_CYCLE_H

#include <json-c/json.h>

/*
 * A path from start back to itself in the graph {id: [ids that it refers to], ..}, written as
 * "a > b > a", on ctx; NULL when there is none.
 */
const char *cycle_find(void *ctx, struct json_object *graph, const char *start);

#endif
