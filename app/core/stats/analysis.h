/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_STATS_ANALYSIS_H
#define CORE_STATS_ANALYSIS_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/experiment/plan.h"
#include "core/stats/arm_counts.h"
#include "core/stats/looks.h"
#include "core/stats/sequence.h"

/*
 * How the primary goal is decided. With a plan from before the first participant, and a goal that
 * has a window: at looks of whole days whose bounds spend the plan's alpha (core/stats/looks.h).
 * Otherwise by the confidence sequence (core/stats/sequence.h), at every moment.
 */

/* What is known beside the counts. */
struct analysis_input {
	bool has_primary;        /* the experiment names its goals: the first one decides */
	struct json_object *plan; /* core/experiment/plan.h; NULL or not valid: none */
	bool plan_valid;         /* it is from before the first participant */
	const char *plan_goal;   /* the goal that decided then; NULL: not known */
	struct json_object *splits; /* as arm_counts_arms() takes them */
	/* What each day added to the primary goal, [["2026-11-21", alternative id, allocation
	 * number, participants, conversions], ..] in order of days; NULL: not known. */
	struct json_object *days;
	/* What was decided of it before: [[alternative id, crossed, day of the look, day of the
	 * decision, information, z, bound, difference, low, high, alpha], ..]; or NULL. */
	struct json_object *decided;
	int64_t last_whole; /* the last day that is over, in days since 1970 */
	bool closed;        /* nobody new takes part */
};

enum analysis_method { ANALYSIS_NONE, ANALYSIS_SEQUENCE, ANALYSIS_SPENDING };

/* An arm of the counts. */
struct analysis_arm {
	bool compared;     /* it had a share when the first participant came, or has one now */
	bool enters;       /* the allocation in force gives it participants */
	double needed;     /* participants of it and of control each; NAN: no plan */
	struct sequence_tuning tuning; /* of its sequences in all goals */
	struct look_arm *looks; /* NULL unless by spending */
	double per_day;    /* information, mean of the last 7 whole days */
};

struct analysis {
	enum analysis_method method;
	const char *why;
	double alpha;            /* over all alternatives, in the primary goal */
	const struct plan *plan; /* NULL: none */
	double needed;           /* the most that an arm needs; NAN: no plan */
	struct analysis_arm *arms; /* one for each arm of the counts */
	size_t compared;         /* alternatives that are compared, also those that are gone */
	int64_t first_day;       /* of the primary goal; days since 1970 */
	int64_t days;            /* whole days since then; -1: not known */
	bool closed;     /* nobody new takes part */
	int64_t waiting; /* participants whose window has not ended */
};

/* The analysis, on ctx, after arm_counts_goals(). */
struct analysis *analysis_of(void *ctx, const struct arm_counts *t,
    const struct analysis_input *in);

/* The information of an arm at the last whole day, or when it was decided; by sequence: NAN. */
double analysis_information(const struct analysis_arm *arm);

/*
 * The day of the arm's final look, in days since 1970: as it was, or as the last 7 days let expect.
 * False where it is not known, because nobody comes.
 */
bool analysis_final_day(const struct analysis *d, const struct analysis_arm *arm, int64_t *day);

/* A day as "2026-11-21", on ctx. */
const char *analysis_day(void *ctx, int64_t day);

#endif
