/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEW_DRAFT_SEGMENTATION_H
#define VIEW_DRAFT_SEGMENTATION_H

#include <json-c/json.h>

#include "base/problem.h"

/*
 * A segmentation as it stands in a form, where all is text:
 *
 *	{id, type, context, name, description, active, overlap, groups: [{id, name, remove, json}],
 *	rules: [{view/draft_rule.h}], many, version, sent: {groups, rules}}
 *
 * active is "" or "no", overlap "yes" or nothing; json is a group's rule where it fits no rows.
 * With many there are more groups than a form holds, and they stay as they are. There is a version
 * where something is there to be changed, and sent says how many rows the form had.
 */

/* What a program would send instead, on the problems' context. Problems are added for what cannot
 * be passed on. */
struct json_object *draft_segments_request(struct json_object *typed, struct problems *problems);

/* The stored definition as it stands in a form, on ctx. */
struct json_object *draft_segments_of(void *ctx, struct json_object *definition);

/*
 * What was typed as a page shows it, on ctx: rows numbered as `n`, each with its problem as
 * `fault`, and empty ones behind them; choices as lists of {value, words, selected}; is: {type:
 * true}.
 */
struct json_object *draft_segments_show(
    void *ctx, struct json_object *typed, const struct problems *problems);

#endif
