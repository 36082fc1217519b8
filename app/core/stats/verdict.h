/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_STATS_VERDICT_H
#define CORE_STATS_VERDICT_H

#include <json-c/json.h>
#include <stdbool.h>

#include "core/stats/compare.h"
#include "core/experiment/plan.h"
#include "core/stats/arm_counts.h"

/* Whether the counts fit the shares: p at least 0.001, or not to be computed. */
bool verdict_split_ok(const struct arm_counts *t);

/*
 * What the numbers mean, as {text, reasons: [..]} for people; the caller owns it. plan is NULL when
 * there is none. An arm is the winner only if the split is right, at most 1 % of the participants
 * were exposed twice, no arm has fewer than the plan needs (those nobody was to get apart), and its
 * adjusted p in the first goal is below 0.05 with a higher rate than control's.
 */
struct json_object *verdict_of(const struct arm_counts *t, const struct compare *all,
    const struct plan *plan);

#endif
