/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_STATS_VERDICT_H
#define CORE_STATS_VERDICT_H

#include <json-c/json.h>
#include <stdbool.h>

#include "core/stats/compare.h"
#include "core/experiment/plan.h"
#include "core/stats/arm_counts.h"

/* Whether the sample ratio is as expected: p is at least 0.001, or cannot be computed. */
bool verdict_split_ok(const struct arm_counts *t);

/*
 * The verdict in words, {text, reasons: [..]}; the caller owns it. plan is NULL when there is none.
 * An arm wins only if the sample ratio is as expected, at most 1 % of the participants were exposed
 * to several alternatives, every arm with a share of the allocation has as many participants as the
 * plan needs, and in the primary goal its adjusted p is below 0.05 with a rate above control's.
 */
struct json_object *verdict_of(const struct arm_counts *t, const struct compare *all,
    const struct plan *plan);

#endif
