/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VIEW_RESULTS_CSV_H
#define VIEW_RESULTS_CSV_H

#include <json-c/json.h>

/*
 * The results (core/stats/results.h) as CSV (RFC 4180), on ctx: a header row, then one row for each
 * goal and alternative. A text that a spreadsheet would take for a formula gets an apostrophe in
 * front.
 */
const char *results_csv(void *ctx, struct json_object *results);

#endif
