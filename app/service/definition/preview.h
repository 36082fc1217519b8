/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_DEFINITION_PREVIEW_H
#define SERVICE_DEFINITION_PREVIEW_H

#include <json-c/json.h>
#include <stdbool.h>

#include "base/err.h"

struct work;

/*
 * How many profiles the criteria, which stand at the JSON pointer at, match, and ten of their ids:
 * {matched, sample}, on w->mem; besides unreadable: [{field, values}] when values of a field that
 * is compared are no dates or numbers. ERR_INVALID when they are wrong, or are decided live.
 */
enum err preview_count(struct work *w, struct json_object *criteria, const char *at,
    struct json_object **out) must_check;

/* Whether the criteria are right and decided live, subject by subject: nothing is to be counted. */
bool preview_is_live(struct work *w, struct json_object *criteria);

/* Puts sentences in the place of the items of `unreadable`. */
void preview_put_words(struct work *w, struct json_object *found);

#endif
