/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_AUDIENCE_RULE_TERM_H
#define CORE_AUDIENCE_RULE_TERM_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/audience/condition.h"

/* The terms of one rule while it is read, and what they refer to. */

enum { RULE_TERMS = 100 }; /* of a rule at most */

enum rule_target { RULE_SEGMENTATION, RULE_EXPERIMENT };

/* Something that a rule refers to, where, and the names of groups or alternatives it wants. */
struct rule_reference {
	enum rule_target target;
	const char *id;
	const char *at;             /* JSON pointer of the term */
	struct json_object *wanted; /* a name, a list of names, or NULL */
};

/* The same as {at, target, id, wanted}. The caller owns the result. */
struct json_object *rule_reference_json(const struct rule_reference *ref);

struct rule_terms {
	struct condition_reader r;
	size_t count;
	size_t n; /* references */
	struct rule_reference references[RULE_TERMS];
};

/* Reads a term, {"attribute": {"path": "age", "gte": 18}}; false, with problems added, when it is
 * none. */
bool rule_term(struct rule_terms *r, struct json_object *o, const char *at,
    struct condition *out);

#endif
