/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_DEFINITION_UNREADABLE_H
#define SERVICE_DEFINITION_UNREADABLE_H

#include <json-c/json.h>

#include "base/err.h"

/*
 * Values that criteria compare as dates or numbers and that are neither: whoever has them is left
 * out, and nothing else would say so.
 */

struct criteria;
struct db;

/*
 * Leaves in *out, on mem, how many there are: [{field, values}], NULL when there are none. They are
 * those of profiles that meet all other conditions, of which a bounded number is looked at; with
 * at_least: true when there may be more. Missing, empty and nested values are not counted.
 */
enum err unreadable_find(struct db *db, void *mem, const struct criteria *c,
    struct json_object **out) must_check;

/* One item of it in words, on mem: "12 values of first_access are no dates or numbers". */
const char *unreadable_words(void *mem, struct json_object *item);

#endif
