/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SEGMENTS_H
#define SEGMENTS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "core/segmentation.h"

struct ctx;

/* An experiment that rules refer to, in effect or not: by what its alternatives are called. */
struct segments_experiment {
	int64_t nr;
	const char *id;
	struct json_object *alternatives;
};

/* The segmentations, as a worker holds them; never more than a second old. */
struct segments {
	void *mem; /* of the lists; NULL: never read */
	int64_t generation;
	size_t n;
	struct segmentation *list; /* by id */
	struct segmentation **by_nr;
	size_t experiments_n;
	struct segments_experiment *experiments;
};

/* An empty set on the talloc context ctx. */
struct segments *segments_new(void *ctx);

/* The set, of the generation of definitions at_least or newer. */
enum err segments_get(struct ctx *c, int64_t at_least, const struct segments **out) must_check;

/* The segmentation of that id, also when it was made a moment ago. ERR_NOT_FOUND. */
enum err segments_one(struct ctx *c, const char *id, const struct segmentation **out) must_check;

/*
 * The group of number nr of *s, or NULL when it is gone: a worker that does not know it looks at
 * the newest definition, which *s then is, since others may have put somebody into a group that was
 * made a moment ago. ERR_NOT_FOUND when the segmentation has gone meanwhile.
 */
enum err segments_group(struct ctx *c, const struct segmentation **s, int64_t nr,
    const struct group **out) must_check;

/* The segmentation of that id, or number; NULL when there is none. */
const struct segmentation *segments_find(const struct segments *all, const char *id);
const struct segmentation *segments_numbered(const struct segments *all, int64_t nr);

#endif
