/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_AUDIENCE_CRITERIA_H
#define CORE_AUDIENCE_CRITERIA_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/problem.h"
#include "core/audience/condition.h"
#include "core/subject/subject.h"

/*
 * Who is in an experiment: conditions on the terms of a profile, all of which must hold. One
 * parsed form serves the evaluator (criteria_match) and the compiler to SQL (criteria_sql).
 */

struct rule;

struct criteria {
	enum subject_kind kind; /* SUBJECT_USER, SUBJECT_DEVICE; SUBJECT__MAX: any */
	bool live; /* on more than the profile: decided when it is asked, never mapped */
	size_t n;
	struct condition *list;
	const struct rule *rule; /* of type rule, instead of the list; else NULL */
	struct json_object
	    *references; /* [{at, target, id, wanted}] of core/audience/rule_term.h */
};

enum {
	CRITERIA_CONDITIONS = 100, /* at most */
	CRITERIA_PARAMS = 4 * CRITERIA_CONDITIONS,
};

/*
 * Reads {type, filters}, which stands at the JSON pointer at, onto ctx. NULL, with a problem for
 * each filter that is wrong, when it is not valid.
 */
struct criteria *criteria_read(void *ctx, struct json_object *o, const char *at,
    struct problems *problems);

/* The ids of the segmentations that must be known for criteria_match, as JSON strings, on ctx. */
struct json_object *criteria_needs(void *ctx, const struct criteria *c);

/* Whether a profile with these terms is in. */
bool criteria_match(const struct criteria *c, const struct terms *t);

/* The parameters of a compiled condition, as texts. */
struct criteria_params {
	size_t n;
	const char *list[CRITERIA_PARAMS];
};

/*
 * Appends the conditions as SQL over a table p with the columns subject_id and terms. Only fixed
 * fragments reach the text; every value goes to params, numbered from params->n + 1 on.
 */
void criteria_sql(void *ctx, const struct criteria *c, struct buf *sql,
    struct criteria_params *params);

/*
 * The fields whose values are compared as numbers or dates, on ctx: [{field, path, date}], a field
 * as often as conditions compare it.
 */
struct json_object *criteria_compared(void *ctx, const struct criteria *c);

/* As criteria_sql, without the conditions that compare numbers or dates. */
void criteria_sql_uncompared(void *ctx, const struct criteria *c, struct buf *sql,
    struct criteria_params *params);

#endif
