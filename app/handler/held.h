/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HELD_H
#define HELD_H

#include <json-c/json.h>
#include <stdint.h>

#include "base/err.h"

struct ctx;

/*
 * What is held about c->subject, whichever kind it is. Whatever is answered is on c->mem; errors
 * are those of the database.
 */

/* The row of the query `profile` over the last so many days. */
enum err held_views(struct ctx *c, int64_t days, struct json_object **out) must_check;

/* The profile of the last 7 days (core/profile.h): from the cache while it holds, else computed
 * and offered to it. */
enum err held_week(struct ctx *c, struct json_object **out) must_check;

/* Every enrolment, the newest first: an array. */
enum err held_enrolments(struct ctx *c, struct json_object **out) must_check;

/*
 * A page of all records, by ?after=, ?limit= and ?format=: into c->model, or c->text as NDJSON; the
 * next page is c->next. ERR_INVALID.
 */
enum err held_export(struct ctx *c) must_check;

/* Erases it everywhere; c->model becomes the receipt: its id, and `deleted` with the number of
 * rows of each kind. */
enum err held_erase(struct ctx *c) must_check;

#endif
