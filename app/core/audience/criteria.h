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
 * Criteria select the audience of an experiment: conditions on the terms of a profile, all of which
 * must hold, or a rule. One parsed form serves the evaluator (criteria_match) and the compiler to
 * SQL (criteria_sql), and both must select the same profiles.
 */

struct rule;

struct criteria {
	enum subject_kind kind; /* SUBJECT_USER, SUBJECT_DEVICE; SUBJECT__MAX: any */
	bool live; /* need more than the profile: evaluated at decision time, never mapped */
	size_t n;
	struct condition *list;
	const struct rule *rule;        /* instead of the list, for type rule; else NULL */
	struct json_object *references; /* [{at, target, id, wanted}], see core/audience/rule.h */
};

enum {
	CRITERIA_CONDITIONS = 100, /* at most */
	CRITERIA_PARAMS = 4 * CRITERIA_CONDITIONS, /* 3 a condition, and room for the caller's */
};

/*
 * Reads {type, filters}, which stands at the JSON pointer at, onto ctx. NULL, with a problem added
 * for each invalid filter, when they are not valid. References keep pointing into o.
 */
struct criteria *criteria_read(void *ctx, struct json_object *o, const char *at,
    struct problems *problems);

/*
 * The ids of the segmentations whose groups criteria_match needs among the terms, as JSON strings,
 * on ctx.
 */
struct json_object *criteria_needs(void *ctx, const struct criteria *c);

/* Whether a profile with these terms meets the criteria. */
bool criteria_match(const struct criteria *c, const struct terms *t);

/* The parameters of a compiled statement, as texts, on the compiler's ctx or the conditions'. */
struct criteria_params {
	size_t n;
	const char *list[CRITERIA_PARAMS];
};

/*
 * Appends the conditions as an SQL expression over a table p with the columns subject_id and terms.
 * Only fixed fragments reach the text; every value becomes a parameter, numbered from params->n + 1
 * on. Not for criteria of type rule, and not for live ones.
 */
void criteria_sql(void *ctx, const struct criteria *c, struct buf *sql,
    struct criteria_params *params);

/*
 * The fields that conditions compare as numbers or dates, on ctx: [{field, path, date}], one entry
 * for each such condition.
 */
struct json_object *criteria_compared(void *ctx, const struct criteria *c);

/* Like criteria_sql, but without the conditions that compare numbers or dates. */
void criteria_sql_uncompared(void *ctx, const struct criteria *c, struct buf *sql,
    struct criteria_params *params);

#endif
