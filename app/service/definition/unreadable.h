/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_DEFINITION_UNREADABLE_H
#define SERVICE_DEFINITION_UNREADABLE_H

#include <json-c/json.h>

#include "base/err.h"

/*
 * Values that criteria compare as dates or numbers but that are neither: subjects who have them are
 * left out of the audience, and nothing else would say so.
 */

struct criteria;
struct db;

/*
 * Sets *out, on mem, to the number of such values by field, [{field, values}], NULL when there are
 * none. Only profiles that meet all other conditions count, and only a bounded number of them is
 * looked at; at_least: true when there may be more. Missing, empty and nested values do not count.
 */
enum err unreadable_find(struct db *db, void *mem, const struct criteria *c,
    struct json_object **out) must_check;

/* An item of it as a sentence, on mem: "12 values of first_access are no dates or numbers". */
const char *unreadable_words(void *mem, struct json_object *item);

#endif
