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

/* The page views of one request. */
struct page_view_batch {
	struct work *w;
	const struct page_view_input *views;
	size_t n; /* at least 1 */

	/* Set by page_view_record(). */
	int64_t recorded; /* those that were not stored before */
	enum err e;
};

/*
 * Stores the views of n requests, at least one, in one statement; as joint_change_run()
 * (service/joint_change.h) where there are several. Of two views of a subject at one instant the
 * first is stored.
 */
void page_view_record(struct page_view_batch list[], size_t n);

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
