/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_DEFINITION_DECIDED_H
#define SERVICE_DEFINITION_DECIDED_H

#include <json-c/json.h>

#include "base/err.h"

struct work;

/* What results decided of an experiment. */
struct decided {
	const char *experiment; /* its id */
	struct json_object *alternatives; /* as the definition has them, with their ids */
	struct json_object *kept;    /* what was decided before, as in core/stats/analysis.h */
	struct json_object *results; /* of core/stats/results.h, as they are now */
};

/*
 * Keeps what the results say was decided at looks, if it is new: from then on it stands. Whoever is
 * first keeps it; all others find the same.
 */
enum err decided_keep(struct work *w, const struct decided *d) must_check;

#endif
