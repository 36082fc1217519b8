/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_SUBJECT_PROFILE_H
#define CORE_SUBJECT_PROFILE_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * The profile of a user: what the query `profile` computed (a row with views, minutes, days,
 * favourite, pages, and the instants first_us and next_us), how long that holds, and the shapes
 * in which it is answered.
 */

enum {
	PROFILE_DAYS = 7,       /* the window without ?days= */
	PROFILE_DAYS_MOST = 90, /* of ?days= */
};

/*
 * Adds to row when it was computed and until when it stays true: the first view leaves the
 * window just after first_us + 7 days, a future view counts from next_us on.
 */
void profile_set_span(struct json_object *row, int64_t now);

/* Whether row, of whatever origin, holds a span that covers instant now. */
bool profile_holds(struct json_object *row, int64_t now);

/* The answer for the window of 7 days, on ctx. */
struct json_object *profile_week(void *ctx, const char *user_id, struct json_object *row);

/* The answer for a window of so many days that ends now, on ctx. */
struct json_object *profile_window(void *ctx, const char *user_id, struct json_object *row,
    int64_t days, int64_t now);

#endif
