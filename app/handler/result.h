/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RESULT_H
#define RESULT_H

#include <json-c/json.h>

#include "base/err.h"

struct ctx;

/*
 * The results of the experiment of that id as core/results.h has them, with enrolments by day as
 * `days` [[day, alternative, subjects], ..] and who did a goal for the first time as `converted`
 * [[day, goal, alternative, subjects], ..], on c->mem. Counted from the rows unless nothing has
 * changed since they were counted last. ERR_NOT_FOUND.
 */
enum err result_of(struct ctx *c, const char *id, struct json_object **out) must_check;

#endif
