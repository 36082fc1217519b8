/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_SUBJECT_SUBJECT_DATA_H
#define SERVICE_SUBJECT_SUBJECT_DATA_H

#include <json-c/json.h>
#include <stdint.h>

#include "base/err.h"

struct work;

/*
 * What is held about c->subject, whichever kind it is. Whatever is answered is on w->mem; errors
 * are those of the database.
 */

/* The row of the query `profile` over the last so many days. */
enum err subject_data_views(struct work *w, int64_t days, struct json_object **out) must_check;

/* The profile of the last 7 days (core/subject/profile.h): from the cache while it holds, else computed
 * and offered to it. */
enum err subject_data_week(struct work *w, struct json_object **out) must_check;

/* Every enrolment, the newest first: an array. */
enum err subject_data_enrolments(struct work *w, struct json_object **out) must_check;

/*
 * A page of all records, by ?after=, ?limit= and ?format=: into c->model, or c->text as NDJSON; the
 * next page is c->next. ERR_INVALID.
 */
enum err subject_data_export(struct work *w) must_check;

/* Erases it everywhere; c->model becomes the receipt: its id, and `deleted` with the number of
 * rows of each kind. */
enum err subject_data_erase(struct work *w) must_check;

#endif
