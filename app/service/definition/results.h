/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SERVICE_DEFINITION_RESULTS_H
#define SERVICE_DEFINITION_RESULTS_H

#include <json-c/json.h>

#include "base/err.h"

struct work;

/*
 * The results of the experiment of that id as core/stats/results.h has them, with enrolments by
 * day as `days` [[day, alternative, subjects], ..] and who did a goal for the first time as
 * `converted` [[day, goal, alternative, subjects], ..], on w->mem. Exact at this moment. A day may
 * have a negative number, when subjects of earlier days were erased on it. ERR_NOT_FOUND.
 */
enum err results_read(struct work *w, const char *id, struct json_object **out) must_check;

/*
 * The same as at the end of a past UTC day ("2026-11-21"), by the definition as it is now: subjects
 * erased since then are still in its sums. Days do not know how often each participant hit a goal,
 * so there is no histogram and no Mann-Whitney test. ERR_INVALID when day is no day before today.
 */
enum err results_read_through(struct work *w, const char *id, const char *day,
    struct json_object **out) must_check;

/* What changes with what results_read would answer, on w->mem, at less cost; *out NULL: there is no
 * such experiment. */
enum err results_stamp(struct work *w, const char *id, const char **out) must_check;

#endif
