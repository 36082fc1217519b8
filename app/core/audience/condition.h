/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_AUDIENCE_CONDITION_H
#define CORE_AUDIENCE_CONDITION_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/problem.h"
#include "core/audience/terms.h"

/*
 * One condition on the terms of a profile (core/audience/terms.h). Criteria are lists of conditions
 * and rules are trees of them. Everything a condition points to is on the reader's context.
 */

enum condition_op {
	CONDITION_ANY,       /* at least one of the wanted terms is there */
	CONDITION_NONE,      /* none of them is there; holds for a null field */
	CONDITION_NOT_EQUAL, /* none of them is there, and the field is not null */
	CONDITION_NULL,
	CONDITION_NOT_NULL,
	CONDITION_EMPTY, /* null, "", [] or {} */
	CONDITION_NOT_EMPTY,
	CONDITION_RANGE,  /* at least one value of the field is within the bounds */
	CONDITION_PREFIX, /* at least one string of the field begins with the prefix */
};

/* One side of a range. */
struct bound {
	bool set;
	bool open;        /* the bound itself is excluded */
	const char *text; /* folded string, decimal number or microseconds since 1970, by the tag */
};

struct condition {
	enum condition_op op;
	const char *name;   /* of the field, as it was written */
	const char *path;   /* of the field in terms, escaped */
	size_t wanted;      /* number of terms, for ANY, NONE, NOT_EQUAL */
	const char **terms; /* the wanted terms */
	const char *prefix; /* the beginning of a term, path and tag included, for PREFIX */
	enum term_tag tag;  /* for RANGE: TERM_STRING, TERM_NUMBER or TERM_INSTANT */
	bool exact;         /* compares strings case-sensitively */
	bool live;          /* on a group or a tag: evaluated at decision time, never mapped */
	const char *segmentation; /* id, for a condition on a group; else NULL */
	struct bound low, high;
};

enum {
	CONDITION_VALUES = 1000,    /* at most in one condition */
	CONDITION_PATH = TERM_PATH, /* bytes of the name of a profile field, at most */
	CONDITION_NAME = 512,       /* bytes of the name of a group or tag field, at most */
};

/* What every reader needs: the context for its results, and the list for problems. */
struct condition_reader {
	void *ctx;
	struct problems *problems;
};

/* Adds the problem why at the JSON pointer at, and returns false. */
bool condition_problem(const struct condition_reader *r, const char *at, const char *why);

/* The JSON pointer (RFC 6901) of the member name of the object at pointer at, on r->ctx. */
const char *condition_pointer(const struct condition_reader *r, const char *at, const char *name);

/*
 * Readers of the parts of a condition. Each fills its part of c from JSON that stands at the
 * pointer at, or adds problems and returns false.
 */

/* The field: a path in the profile, group:<segmentation> or tag:<scope>:<key>. */
bool condition_path(const struct condition_reader *r, const char *name, const char *at,
    struct condition *c);

/* The wanted values: a scalar, or a list of 1 to CONDITION_VALUES scalars. Needs c->path. */
bool condition_wanted(const struct condition_reader *r, struct json_object *value, const char *at,
    struct condition *c);

/*
 * One side of a range; op is "<", "<=", ">" or ">=". A second bound must be for the other side and
 * of the same type.
 */
bool condition_bound(const struct condition_reader *r, struct condition *c, const char *op,
    struct json_object *value, const char *at);

/* The prefix of a string. Needs c->path. */
bool condition_prefix(const struct condition_reader *r, struct condition *c,
    struct json_object *value, const char *at);

/*
 * A range {"start": .., "end": ..}: two numbers, both inclusive, or two dates, from the start of
 * the first (inclusive) to the start of the second (exclusive).
 */
bool condition_range(const struct condition_reader *r, struct json_object *value, const char *at,
    struct condition *c);

/* Whether the condition holds for a profile with these terms. */
bool condition_holds(const struct condition *c, const struct terms *t);

#endif
