/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_DECISION_EXPERIMENT_SET_H
#define SERVICE_DECISION_EXPERIMENT_SET_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "core/experiment/lookup.h"

struct work;

/* The experiments in effect, as a worker holds them; never more than a second old. */
struct experiment_set {
	void *mem; /* of the list; NULL: never read */
	int64_t generation;
	int64_t audience_generation;     /* the last generation at which an audience changed */
	size_t n;
	struct experiment *list; /* by nr */
	struct experiment **by_id;
	size_t open_n;
	struct experiment **open; /* those that everybody is in */
};

/* An empty set on the talloc context ctx. */
struct experiment_set *experiment_set_new(void *ctx);

/* The set, of generation at_least or newer: read again when the database has a newer one. */
enum err experiment_set_get(
    struct work *w, int64_t at_least, const struct experiment_set **out) must_check;

/* The experiment of number nr, or NULL. */
const struct experiment *experiment_set_find(const struct experiment_set *all, int64_t nr);

/* The experiment of that id, in effect or not, on w->mem or the set's. ERR_NOT_FOUND. */
enum err experiment_set_one(
    struct work *w, const char *id, const struct experiment **out) must_check;

#endif
