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
	bool bot; /* kept, but counts for no goal */
};

/*
 * Stores n page views in one statement. *recorded: how many of them were not stored before. n may
 * be 0.
 */
enum err page_view_record(struct work *w, const struct page_view_input list[], size_t n,
    int64_t *recorded) must_check;

/* Counts of the last week: {hours, days, pages, goals} as the query page_view_week has them. */
enum err page_view_week(struct work *w, struct json_object **answer) must_check;

/*
 * At most limit views of the subject before an instant and not before another (as texts), the last
 * first: [{name, url, referrer, at}].
 */
struct page_view_span {
	const char *before, *from;
	int64_t limit;
};
enum err page_view_list(struct work *w, const char *subject, struct page_view_span span,
    struct json_object **list) must_check;

#endif
