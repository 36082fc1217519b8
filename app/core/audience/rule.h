/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_AUDIENCE_RULE_H
#define CORE_AUDIENCE_RULE_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/problem.h"
#include "core/audience/rule_term.h"
#include "core/audience/terms.h"

/*
 * Rules: all, any and not over terms with one subject and one test each,
 *
 *	{"all": [{"group": {"segmentation": "grade", "eq": "low"}},
 *	         {"not": {"tag": {"scope": "course:x", "key": "quiz.grade", "gte": 50}}}]}
 *
 * parsed once and decided on the terms of a subject (core/audience/subject_terms.h). A missing
 * value is false, whatever the test but exists: false.
 */

enum { RULE_DEPTH = 8 };

struct rule;

/* Reads the rule that stands at the JSON pointer at, onto ctx. NULL, with a problem for each thing
 * that is wrong, when it is not valid. */
struct rule *rule_read(void *ctx, struct json_object *o, const char *at,
    struct problems *problems);

/* Whether it holds for a subject with these terms. */
bool rule_holds(const struct rule *r, const struct terms *t);

/* The ids of the segmentations that it refers to, as JSON strings, on ctx. */
struct json_object *rule_needs(void *ctx, const struct rule *r);

/* The i-th thing that it refers to; NULL behind the last. */
const struct rule_reference *rule_reference(const struct rule *r, size_t i);

#endif
