/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ACTIVES_H
#define ACTIVES_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "core/lookup.h"

struct ctx;

/* The experiments in effect, as a worker holds them; never more than a second old. */
struct actives {
	void *mem; /* of the list; NULL: never read */
	int64_t generation;
	int64_t flipped;     /* the last generation at which an audience changed */
	size_t n;
	struct active *list; /* by nr */
	struct active **by_id;
	size_t open_n;
	struct active **open; /* those that everybody is in */
};

/* An empty set on the talloc context ctx. */
struct actives *actives_new(void *ctx);

/* The set, of generation at_least or newer: read again when the database has a newer one. */
enum err actives_get(struct ctx *c, int64_t at_least, const struct actives **out) must_check;

/* The experiment of number nr, or NULL. */
const struct active *actives_find(const struct actives *all, int64_t nr);

/* The experiment of that id, in effect or not, on c->mem or the set's. ERR_NOT_FOUND. */
enum err actives_one(struct ctx *c, const char *id, const struct active **out) must_check;

#endif
