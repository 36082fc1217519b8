/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WEB_TMPL_TMPL_WALK_H
#define WEB_TMPL_TMPL_WALK_H

#include <json-c/json.h>
#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "web/tmpl/tmpl_parse.h"

/* Rendering, and the set as rendering needs it. Included by tmpl.c only. */

enum {
	TMPL_PARTIALS = 32,     /* partials within partials; a deeper one renders as nothing */
	TMPL_STEPS = 1000000,   /* nodes and array elements visited in one rendering */
	TMPL_OUTPUT = 16 << 20, /* bytes in one rendering */
};

struct tmpl {
	const char *name;
	struct tmpl_node *root;
	struct tmpl *next;         /* in the set */
	struct tmpl *bucket_next;  /* with the same hash of the name */
	bool ends; /* used by tmpl_load only */
};

enum { TMPL_BUCKETS = 128 };

struct tmpl_set {
	struct tmpl *first;
	struct tmpl *buckets[TMPL_BUCKETS]; /* by the hash of the name */
};

/* Where the templates whose names have the hash of this one are listed. */
struct tmpl **tmpl_bucket(struct tmpl_set *set, const char *name);

/* The template of that name; NULL when there is none. */
struct tmpl *tmpl_find(const struct tmpl_set *set, const char *name);

/*
 * Appends t, a template of set, rendered with model to out. ERR_INTERNAL beyond TMPL_STEPS or
 * TMPL_OUTPUT; then out is as before.
 */
enum err tmpl_walk(const struct tmpl_set *set, const struct tmpl *t, struct json_object *model,
    struct buf *out) must_check;

#endif
