/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_STATS_VERDICT_H
#define CORE_STATS_VERDICT_H

#include <json-c/json.h>
#include <stdint.h>

#include "core/stats/verdict_input.h"

/*
 * The verdict, {text, state, winner, reasons: [..]}, which the caller owns, and in *days_to_go the
 * days until the plan is fulfilled (-1: not known). state is one word for programs:
 * waiting, broken, mixed, unnamed, winner, ahead, harm, worse, none, excluded, running, ended or
 * open; winner is the name of the best alternative that is better than control, or null.
 *
 * The first that holds: nobody takes part; the split is broken; more than 1 % of the participants
 * and at least 10 saw several alternatives; no goal is named that decides; some arm is better in
 * the primary goal (a winner only after 7 whole days, and if no other goal is harmed); some arm
 * is worse; the plan is at its end, or an effect as planned is ruled out, or how far it is; nothing
 * is shown.
 */
struct json_object *verdict_of(const struct verdict_input *in, int64_t *days_to_go);

#endif
