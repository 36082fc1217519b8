/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CIRCLE_H
#define CIRCLE_H

#include <json-c/json.h>

/*
 * A way from start back to itself in the graph {id: [ids that it uses], ..}, as "a > b > a" on
 * ctx; NULL when there is none.
 */
const char *circle_find(void *ctx, struct json_object *graph, const char *start);

#endif
