/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_EXPERIMENT_DEFINITION_MERGE_H
#define CORE_EXPERIMENT_DEFINITION_MERGE_H

#include <json-c/json.h>

/*
 * The stored definition (a row of experiment_get.sql) with changes (an object with the members of a
 * create) merged into it, as the `request` of a create, on ctx. An absent member keeps its value
 * and null clears it; the members of `data` are merged one by one; a default that the changes
 * rename stays the default. row is not changed, except that its `data` is merged in place.
 */
struct json_object *definition_merge(
    void *ctx, struct json_object *row, struct json_object *changes);

#endif
