/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_SUBJECT_SUBJECT_DATA_H
#define SERVICE_SUBJECT_SUBJECT_DATA_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct work;

/* What is stored about a subject (core/subject/subject.h) of any kind. Results are on w->mem. */

/* The page views of the last days days: a row of sql/query/page_view_summary.sql. */
enum err subject_data_views(struct work *w, const char *subject, int64_t days,
    struct json_object **out) must_check;

/*
 * The profile over seven days, as GET /v1/user/:id answers it; from the cache while it is valid.
 */
enum err subject_data_week(struct work *w, const char *subject,
    struct json_object **out) must_check;

/* Every enrolment, as a list with the state of each experiment as a word. */
enum err subject_data_enrolments(struct work *w, const char *subject,
    struct json_object **out) must_check;

/* Which part of an export is wanted. */
struct subject_data_page {
	const char *subject;
	bool first;     /* include the profile, which has no time of its own */
	int64_t after;  /* only records later than this, microseconds */
	int64_t limit;
};

/*
 * A page of everything stored, by time; *next is the time behind which the next page begins, NULL
 * when this is the last.
 */
enum err subject_data_export(struct work *w, const struct subject_data_page *page,
    struct json_object **records, const char **next) must_check;

/* Whether anything at all is stored about the subject. */
enum err subject_data_is_known(struct work *w, const char *subject, bool *known) must_check;

/*
 * The groups in a record (service/decision/subject_record.h), [{segmentation, group}, ..], of its
 * first `most` memberships; *more: the number of the others.
 */
enum err subject_data_groups(struct work *w, struct json_object *record, size_t most,
    struct json_object **list, size_t *more) must_check;

/* Erases the subject everywhere, in one transaction: {user_id, deleted: {kind: rows}}. Neither the
 * audit row, whose target is a keyed digest, nor the stored answer names the subject. */
enum err subject_data_erase(struct work *w, const char *subject,
    struct json_object **deleted) must_check;

/* Adds {user_id: id} to o, or the member of another kind. */
void subject_data_name(struct json_object *o, const char *subject);

#endif
