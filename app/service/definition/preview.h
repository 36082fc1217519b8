/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_DEFINITION_PREVIEW_H
#define SERVICE_DEFINITION_PREVIEW_H

#include <json-c/json.h>
#include <stdbool.h>

#include "base/err.h"

struct work;

/*
 * How many profiles match the criteria, which stand at the JSON pointer at, and ten of their ids:
 * {matched, sample} on w->mem; also unreadable: [{field, values}] when values of a compared field
 * are not dates or numbers. ERR_INVALID when the criteria are wrong, or are decided live.
 */
enum err preview_count(struct work *w, struct json_object *criteria, const char *at,
    struct json_object **out) must_check;

/*
 * Whether the criteria are valid and decided live, at each request: there is no stored audience to
 * count.
 */
bool preview_is_live(struct work *w, struct json_object *criteria);

/* Replaces the items of `unreadable` by sentences. */
void preview_put_words(struct work *w, struct json_object *found);

#endif
