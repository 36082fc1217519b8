/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_SUBJECT_PAGE_VIEW_H
#define SERVICE_SUBJECT_PAGE_VIEW_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "core/subject/page_view.h"

struct work;

/* One page view to be stored. */
struct page_view_input {
	struct page_view view;
	bool bot; /* stored, but counts for no goal */
};

/*
 * Stores n page views in one statement; n may be 0. *recorded: those that were not stored before.
 */
enum err page_view_record(struct work *w, const struct page_view_input list[], size_t n,
    int64_t *recorded) must_check;

/* Counts of the last week: {hours, days, pages, goals} as the query page_view_week has them. */
enum err page_view_week(struct work *w, struct json_object **answer) must_check;

/* A span of time, as texts: before the one instant and not before the other. */
struct page_view_span {
	const char *before, *from;
	int64_t limit;
};
/*
 * At most limit views of the subject within the span, newest first: [{name, url, referrer, at}].
 */
enum err page_view_list(struct work *w, const char *subject, struct page_view_span span,
    struct json_object **list) must_check;

#endif
