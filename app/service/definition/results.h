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

#endif
