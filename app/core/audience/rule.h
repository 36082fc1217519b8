/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_AUDIENCE_RULE_H
#define CORE_AUDIENCE_RULE_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/problem.h"
#include "core/audience/condition.h"
#include "core/audience/terms.h"

/*
 * Rules: all, any and not over terms, each of which tests one thing known about a subject,
 *
 *	{"all": [{"group": {"segmentation": "grade", "eq": "low"}},
 *	         {"not": {"tag": {"scope": "course:x", "key": "quiz.grade", "gte": 50}}}]}
 *
 * parsed once and evaluated on the terms of a subject (core/audience/subject_terms.h). A term on a
 * missing value is false, except for the test exists: false.
 */

enum {
	RULE_DEPTH = 8,   /* levels of nesting, at most */
	RULE_TERMS = 100, /* terms in a rule, at most */
};

enum rule_target { RULE_SEGMENTATION, RULE_EXPERIMENT };

/* A segmentation or experiment that a term refers to. */
struct rule_reference {
	enum rule_target target;
	const char *id;
	const char *at;             /* JSON pointer of the term */
	struct json_object *wanted; /* names that it tests for: one, a list of them, or NULL */
};

/* The reference as {at, target, id, wanted}. The caller owns the result. */
struct json_object *rule_reference_json(const struct rule_reference *ref);

struct rule;

/*
 * Reads the rule that stands at the JSON pointer at, onto ctx. NULL, with a problem added for each
 * fault, when it is not valid. References keep pointing into o.
 */
struct rule *rule_read(void *ctx, struct json_object *o, const char *at,
    struct problems *problems);

/* Whether the rule holds for a subject with these terms. */
bool rule_holds(const struct rule *r, const struct terms *t);

/* The ids of the segmentations that the rule refers to, as JSON strings, on ctx. */
struct json_object *rule_needs(void *ctx, const struct rule *r);

/* The i-th reference of the rule; NULL after the last. */
const struct rule_reference *rule_reference(const struct rule *r, size_t i);

#endif
