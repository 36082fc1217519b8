/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_STATS_ANALYSIS_JSON_H
#define CORE_STATS_ANALYSIS_JSON_H

#include <json-c/json.h>

struct verdict_input;

/*
 * The member decision of the results, which the caller owns: {method, why, alpha, tuned_for,
 * needed, information, looks, decided_on, final_on, planned_effect_ruled_out, alternatives}.
 * method is "spending", "sequence" or null. looks: [{alternative, day, information, difference,
 * interval, z, bound}, ..], each alternative's in order of days, up to the one that decided. The
 * first alternative to be decided dates decided_on, the last one to end final_on; what each has,
 * [{name, outcome, needed, information, alpha, decided_on, final_on, planned_effect_ruled_out,
 * look}, ..], is its own: outcome is better, worse, none (the final look was passed) or null.
 */
struct json_object *analysis_json(const struct verdict_input *in);

#endif
