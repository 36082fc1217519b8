/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_STATS_ARM_COUNTS_H
#define CORE_STATS_ARM_COUNTS_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/stats/split_check.h"
#include "core/stats/stats.h"

/* The counts of an experiment by arm and goal, on the talloc context that they were made on. */

struct arm_counts_arm {
	int64_t id;
	const char *name;
	int64_t participants;
	int64_t drawn;   /* participants assigned by the hash; the sample ratio is theirs */
	double expected; /* how many of those drawn, by the allocations in force at enrolment */
	double share;    /* expected share of those drawn, 0..1; NAN when no allocation is known */
};

/* The counts of one arm in one goal. */
struct arm_counts_cell {
	int64_t participants;             /* of a goal with a window: whose window has ended */
	int64_t conversions;              /* participants with at least one hit */
	double actions;                   /* hits of all participants */
	double spread; /* sum of squared deviations of each participant's hits from their mean */
	struct stats_histogram histogram; /* includes participants without a hit, at times 0 */
	struct arm_counts_outcome *by_split; /* nsplits of them; NULL: not known by split */
};

/* What the participants of an arm did while one allocation was in force. */
struct arm_counts_outcome {
	double participants; /* as those of the cell */
	double conversions; /* participants with at least one hit */
	double actions;     /* hits */
	double spread;      /* sum of squared deviations of participants' hits from their mean */
};

/* The participants while one allocation was in force; arrays of one element an arm. */
struct arm_counts_split {
	int64_t nr;
	int64_t *participants;
	int64_t *drawn;  /* participants assigned by the hash */
	double *weights; /* expected shares, on any scale; all 0: not known */
};

struct arm_counts_goal {
	int64_t nr;
	const char *name;
	bool mwu;                      /* tested by Mann-Whitney, else by chi-square */
	bool retired;                  /* no longer recorded */
	bool window;                   /* a hit counts from.. to hours after the enrolment only */
	int64_t window_from, window_to;
	bool counted;                  /* its participants are; always true without a window */
	const char *counted_since;     /* since when, while earlier ones are missing; or NULL */
	int64_t waiting;               /* participants whose window has not ended */
	struct arm_counts_cell *cells; /* one for each arm */
};

struct arm_counts {
	struct arm_counts_arm *arms;
	size_t narms;
	const struct arm_counts_arm *control; /* NULL when there is none */
	struct arm_counts_goal *goals;
	size_t ngoals;
	int64_t participants;
	int64_t drawn;    /* participants assigned by the hash */
	int64_t multiple; /* subjects exposed to more than one alternative */
	struct arm_counts_split *splits;
	size_t nsplits;
	struct split_check ratio; /* sample ratio of those drawn, over all splits */
};

/*
 * Counts participants by arm. alternatives is [{id, name, ..}]; exposures is [[alternative id,
 * allocation number, subjects, of these with an earlier exposure, of these assigned manually], ..];
 * splits is the allocations, {"<number>": {"<alternative id>": share}}. Subjects in removed
 * alternatives are not participants, but count as exposed more than once; the shares of removed
 * alternatives go to the remaining arms. As long as nobody was drawn, the expected shares are those
 * of the last allocation.
 */
struct arm_counts *arm_counts_arms(void *ctx, struct json_object *alternatives,
    struct json_object *exposures, struct json_object *splits);

/* The index of the arm with that number; narms when the alternative has been removed. */
size_t arm_counts_arm_index(const struct arm_counts *t, int64_t id);

/* The index of the split of that number; nsplits when there is none. */
size_t arm_counts_split_index(const struct arm_counts *t, int64_t nr);

/*
 * Adds the goals [{nr, name, test, retired?, window_from?, window_to?, counted?, counted_since?}]
 * and counts their conversions, [[goal number, alternative id, hits, subjects, all hits of these
 * subjects (missing: hits * subjects)], ..]. Rows of other goals or alternatives are passed over.
 * windows has the participants of goals with a window, those whose window has ended: [[window_to,
 * alternative id, allocation number, participants], ..]; NULL: there are none.
 */
void arm_counts_goals(struct arm_counts *t, struct json_object *goals,
    struct json_object *conversions, struct json_object *windows);

/*
 * Adds what is known by split, [[goal number, alternative id, allocation number, participants with
 * a hit, hits, spread], ..], after arm_counts_goals(), with the same windows.
 */
void arm_counts_outcomes(struct arm_counts *t, struct json_object *outcomes,
    struct json_object *windows);

#endif
