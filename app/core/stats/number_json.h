/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_STATS_NUMBER_JSON_H
#define CORE_STATS_NUMBER_JSON_H

#include <json-c/json.h>

/* The number in the shortest text that reads back as the same double; null when it is not finite.
 * The caller owns it. */
struct json_object *number_json(double x);

/* [lo, hi], or null when an end is NAN. The caller owns it. */
struct json_object *interval_json(double lo, double hi);

#endif
