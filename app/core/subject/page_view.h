/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_SUBJECT_PAGE_VIEW_H
#define CORE_SUBJECT_PAGE_VIEW_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/instant.h"
#include "base/problem.h"

enum {
	PAGE_VIEW_NAME = 512,   /* bytes of a page name, at most */
	PAGE_VIEW_URL = 2048,   /* bytes of url and of referrer, at most */
	PAGE_VIEW_BATCH = 1000, /* items in a batch, at most */
};

/* A page view. Its texts live as long as the JSON and the problems given to page_view_read. */
struct page_view {
	const char *subject; /* core/subject/subject.h */
	const char *name;
	const char *url;      /* NULL: none */
	const char *referrer; /* NULL: none */
	int64_t at;           /* microseconds since 1970, in whole milliseconds */
};

/*
 * Reads a page view {user_id or session_id, name, timestamp, url?, referrer?} that arrives at
 * instant now. A timestamp may be from 1970 to one day after now. Unknown members are ignored.
 * False, with every problem added below the JSON pointer at, when it is not valid.
 */
bool page_view_read(struct json_object *o, int64_t now, const char *at, struct problems *problems,
    struct page_view *out);

#endif
