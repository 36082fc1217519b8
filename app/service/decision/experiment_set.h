/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_DECISION_EXPERIMENT_SET_H
#define SERVICE_DECISION_EXPERIMENT_SET_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "core/experiment/lookup.h"

struct work;

/*
 * The experiments in effect, and those that are over while everybody still sees another alternative
 * than control, as one worker holds them; at most a second behind the database. Belongs to the
 * context given to experiment_set_new().
 */
struct experiment_set {
	void *mem; /* of the list; NULL: never read */
	int64_t generation; /* of all definitions */
	int64_t audience_generation;     /* the last generation at which an audience changed */
	size_t n;
	struct experiment *list; /* in effect, in the order of nr */
	size_t shipped_n;
	struct experiment *shipped; /* over, with a default alternative other than control */
	size_t by_id_n;
	struct experiment **by_id; /* both, in the order of strcmp */
	size_t open_n;
	struct experiment **open; /* those without criteria, which every subject is in */
	/* The self-check of each kind of subject, which is not in the list; NULL: none. */
	const struct experiment *selfcheck[SUBJECT__MAX];
};

/* An empty set on the talloc context ctx. */
struct experiment_set *experiment_set_new(void *ctx);

/*
 * The set of generation at_least or newer; read again when the database has a newer one. Pointers
 * into *out are valid until the end of the request. Errors of cache and database.
 */
enum err experiment_set_get(
    struct work *w, int64_t at_least, const struct experiment_set **out) must_check;

/* The experiment in effect of number nr, or NULL. Lent by the set. */
const struct experiment *experiment_set_find(const struct experiment_set *all, int64_t nr);

/*
 * The experiment of that id, in effect or not, on w->mem or lent by the set. ERR_NOT_FOUND without
 * a text.
 */
enum err experiment_set_one(
    struct work *w, const char *id, const struct experiment **out) must_check;

#endif
