/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_STATS_ARM_COUNTS_H
#define CORE_STATS_ARM_COUNTS_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/stats/stats.h"

/* Counted rows, brought together by arm and goal. All of it lives on the talloc context given. */

struct arm_counts_arm {
	int64_t id;
	const char *name;
	int64_t participants;
	int64_t drawn;   /* of them, by the hash and not by hand: what the sample ratio is about */
	double expected; /* of those drawn, by the shares in force when each was enrolled */
	double share;    /* of all that were expected; NAN when no split is known */
};

/* An arm in a goal. */
struct arm_counts_cell {
	int64_t conversions; /* subjects with a hit */
	double actions;      /* hits */
	struct stats_histogram histogram; /* with those who did not: at times 0 */
};

struct arm_counts_goal {
	int64_t nr;
	const char *name;
	bool mwu;     /* its test */
	bool retired; /* no longer hit */
	struct arm_counts_cell *cells; /* one an arm */
};

struct arm_counts {
	struct arm_counts_arm *arms;
	size_t narms;
	const struct arm_counts_arm *control; /* NULL when there is none */
	struct arm_counts_goal *goals;
	size_t ngoals;
	int64_t participants;
	int64_t drawn;    /* of them, by the hash and not by hand */
	int64_t multiple; /* of them, with an earlier exposure elsewhere */
	struct stats_fit ratio;
};

/*
 * The arms: alternatives [{id, name, ..}], exposures [[alternative id, split nr, subjects, of them
 * with an earlier exposure, of them placed by hand], ..], splits
 * {"<split nr>": {"<alternative id>": share}}. Subjects in alternatives that are gone are no
 * participants, but may be multiply exposed; what was expected of a split goes to the arms that are
 * left. While nobody was drawn, the shares are the last split's.
 */
struct arm_counts *arm_counts_arms(void *ctx, struct json_object *alternatives,
    struct json_object *exposures, struct json_object *splits);

/*
 * Adds the goals [{nr, name, test, retired?}] with what conversions [[goal nr, alternative id,
 * hits, subjects, all their hits (missing: hits * subjects)], ..] say of them; rows of other goals
 * or alternatives are passed over.
 */
void arm_counts_goals(
    struct arm_counts *t, struct json_object *goals, struct json_object *conversions);

#endif
