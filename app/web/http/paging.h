/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WEB_HTTP_PAGING_H
#define WEB_HTTP_PAGING_H

#include <json-c/json.h>
#include <stdint.h>

#include "base/err.h"

struct ctx;

/* Lists are answered in pages: ?after= (the key of the last row before) and ?limit=. */

enum { PAGING_DEFAULT = 100, PAGING_MOST = 1000 };

/*
 * The parameter `name` of the query, a whole number from least to most; *out keeps its value where
 * it is absent. ERR_INVALID.
 */
struct paging_bounds {
	int64_t least, most;
};
enum err paging_int(struct ctx *c, const char *name, struct paging_bounds bounds,
    int64_t *out) must_check;

struct paging {
	const char *after; /* NULL: the first page */
	int64_t limit;     /* rows on the page */
};

/* Reads ?after= and ?limit=, the latter standard where it is absent. ERR_INVALID. */
enum err paging_read(struct ctx *c, int64_t standard, struct paging *out) must_check;

/* Adds `next` to the model, and the Link of the following page; next NULL: this was the last. */
void paging_next(struct ctx *c, const char *next);

#endif
