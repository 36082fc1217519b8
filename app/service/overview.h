/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_OVERVIEW_H
#define SERVICE_OVERVIEW_H

#include <json-c/json.h>
#include <stdint.h>

#include "base/err.h"

struct work;

/* The state of the installation as a whole, for operators. Everything is on w->mem. */

/* How much there is, and how much of today: the row of sql/query/overview_numbers.sql. */
enum err overview_numbers(struct work *w, struct json_object **out) must_check;

/*
 * What needs attention, as [{kind, id, text}, ..] of sql/query/overview_warnings.sql: layers with
 * at most few_slots free slots, work that has waited for `late` microseconds, and others.
 */
enum err overview_troubles(struct work *w, int64_t few_slots, int64_t late,
    struct json_object **out) must_check;

/*
 * The address from which most of the requests came that were refused for their rate in the last
 * `age` microseconds: {refused, most, address}; NULL when no address stands out.
 */
enum err overview_throttled(struct work *w, int64_t age, struct json_object **out) must_check;

/* The counters of the jobs, as texts: the row of sql/query/job_counters.sql. */
enum err overview_job_counters(struct work *w, struct json_object **out) must_check;

/*
 * How far the folding of result changes is behind: {waiting, folded_at}; folded_at in seconds since
 * 1970, null for never.
 */
enum err overview_result_lag(struct work *w, struct json_object **out) must_check;

#endif
