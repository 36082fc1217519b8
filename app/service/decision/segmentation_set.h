/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_DECISION_SEGMENTATION_SET_H
#define SERVICE_DECISION_SEGMENTATION_SET_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "core/audience/segmentation.h"

struct work;

/* An experiment that rules refer to, in effect or not, with the names of its alternatives. */
struct segmentation_set_experiment {
	int64_t nr;
	const char *id;
	struct json_object *alternatives;
};

/*
 * The segmentations, as one worker holds them; at most a second behind the database. Belongs to the
 * context given to segmentation_set_new().
 */
struct segmentation_set {
	void *mem; /* of the lists; NULL: never read */
	int64_t generation;
	size_t n;
	struct segmentation *list; /* in the order of id */
	struct segmentation **by_nr;
	size_t experiments_n;
	struct segmentation_set_experiment *experiments;
};

/* An empty set on the talloc context ctx. */
struct segmentation_set *segmentation_set_new(void *ctx);

/*
 * The set, at the generation of definitions at_least or newer. Pointers into *out are valid until
 * the end of the request.
 */
enum err segmentation_set_get(
    struct work *w, int64_t at_least, const struct segmentation_set **out) must_check;

/* Lets the set be read anew: it may be that of a transaction that was rolled back. */
void segmentation_set_forget(struct work *w);

/*
 * The segmentation of that id, also when it was made a moment ago. ERR_NOT_FOUND without a text.
 */
enum err segmentation_set_one(
    struct work *w, const char *id, const struct segmentation **out) must_check;

/*
 * The group of number nr of *s, or NULL when it has been deleted. Where this worker's definition
 * does not have it, the newest definition is read and *s set to it, because another worker may have
 * assigned the subject to a group that was just made. ERR_NOT_FOUND when the segmentation has been
 * deleted.
 */
enum err segmentation_set_group(struct work *w, const struct segmentation **s, int64_t nr,
    const struct group **out) must_check;

/* The segmentation of that id, or number; NULL when there is none. Lent by the set. */
const struct segmentation *segmentation_set_find(
    const struct segmentation_set *all, const char *id);
const struct segmentation *segmentation_set_numbered(
    const struct segmentation_set *all, int64_t nr);

#endif
