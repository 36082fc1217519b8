/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_SUBJECT_PROFILE_H
#define CORE_SUBJECT_PROFILE_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * The page view summary of a user: the row that the query `profile` computes (views, minutes, days,
 * favourite, pages, and the instants first_us and next_us), how long it is valid, and the answers
 * made from it.
 */

enum {
	PROFILE_DAYS = 7,       /* window without ?days= */
	PROFILE_DAYS_MOST = 90, /* longest window, of ?days= */
};

/*
 * Adds the span [from_us, until_us) to row in which it is valid: from now until the first view
 * leaves the window, just after first_us + 7 days, or the next future view counts, at next_us.
 */
void profile_set_span(struct json_object *row, int64_t now);

/* Whether the span of row covers now; false for JSON of any other shape. */
bool profile_is_valid_at(struct json_object *row, int64_t now);

/* The answer for the window of 7 days, on ctx; shares values with row. */
struct json_object *profile_week(void *ctx, const char *user_id, struct json_object *row);

/* The answer for a window of so many days that ends now, on ctx. */
struct json_object *profile_window(void *ctx, const char *user_id, struct json_object *row,
    int64_t days, int64_t now);

#endif
