/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_DECISION_SEGMENTATION_SET_H
#define SERVICE_DECISION_SEGMENTATION_SET_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "core/audience/segmentation.h"

struct work;

/* An experiment that rules refer to, in effect or not: by what its alternatives are called. */
struct segmentation_set_experiment {
	int64_t nr;
	const char *id;
	struct json_object *alternatives;
};

/* The segmentations, as a worker holds them; never more than a second old. */
struct segmentation_set {
	void *mem; /* of the lists; NULL: never read */
	int64_t generation;
	size_t n;
	struct segmentation *list; /* by id */
	struct segmentation **by_nr;
	size_t experiments_n;
	struct segmentation_set_experiment *experiments;
};

/* An empty set on the talloc context ctx. */
struct segmentation_set *segmentation_set_new(void *ctx);

/* The set, of the generation of definitions at_least or newer. */
enum err segmentation_set_get(
    struct work *w, int64_t at_least, const struct segmentation_set **out) must_check;

/* The segmentation of that id, also when it was made a moment ago. ERR_NOT_FOUND. */
enum err segmentation_set_one(
    struct work *w, const char *id, const struct segmentation **out) must_check;

/*
 * The group of number nr of *s, or NULL when it is gone: a worker that does not know it looks at
 * the newest definition, which *s then is, since others may have put somebody into a group that was
 * made a moment ago. ERR_NOT_FOUND when the segmentation has gone meanwhile.
 */
enum err segmentation_set_group(struct work *w, const struct segmentation **s, int64_t nr,
    const struct group **out) must_check;

/* The segmentation of that id, or number; NULL when there is none. */
const struct segmentation *segmentation_set_find(
    const struct segmentation_set *all, const char *id);
const struct segmentation *segmentation_set_numbered(
    const struct segmentation_set *all, int64_t nr);

#endif
