/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HANDLER_API_EXPERIMENT_PREVIEW_H
#define HANDLER_API_EXPERIMENT_PREVIEW_H

#include <json-c/json.h>
#include <stdbool.h>

#include "base/err.h"

struct ctx;

/*
 * How many profiles the criteria, which stand at the JSON pointer at, match, and ten of their ids:
 * {matched, sample}, on c->w.mem; besides unreadable: [{field, values}] when values of a field that
 * is compared are no dates or numbers. ERR_INVALID when they are wrong, or are decided live.
 */
enum err preview_of(struct ctx *c, struct json_object *criteria, const char *at,
    struct json_object **out) must_check;

/* Puts sentences for a page in the place of the items of unreadable. */
void preview_say(struct ctx *c, struct json_object *found);

/* Whether they are right and decided live, subject by subject: there is nothing to count. */
bool preview_is_live(struct ctx *c, struct json_object *criteria);

#endif
