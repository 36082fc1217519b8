/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEW_HEALTH_H
#define VIEW_HEALTH_H

#include <json-c/json.h>

/*
 * The health of results (core/stats/results.h), on ctx: {total, rows: [{name, observed, expected,
 * share, expected_share, y, label, w, mark}], height, warnings: [text]}. Shares are texts in
 * percent; y, label, w, mark and height are units of a drawing 600 wide.
 */
struct json_object *health_of(void *ctx, struct json_object *results);

#endif
