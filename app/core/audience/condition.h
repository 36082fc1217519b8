/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_AUDIENCE_CONDITION_H
#define CORE_AUDIENCE_CONDITION_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/problem.h"
#include "core/audience/terms.h"

/* One condition on the terms of a profile: what criteria and rules are made of. */

enum condition_op {
	CONDITION_ANY,       /* a term is one of the wanted */
	CONDITION_NONE,      /* no term is; true of a null field */
	CONDITION_NOT_EQUAL, /* no term is, but the field is not null */
	CONDITION_NULL,
	CONDITION_NOT_NULL,
	CONDITION_EMPTY, /* null, "", [] or {} */
	CONDITION_NOT_EMPTY,
	CONDITION_RANGE,  /* one value of the field is within the bounds */
	CONDITION_PREFIX, /* a string starts so */
};

/* A side of a range: a folded text, a number, or an instant in microseconds, by the tag. */
struct bound {
	bool set;
	bool open; /* the bound itself is outside */
	const char *text;
};

struct condition {
	enum condition_op op;
	const char *name; /* of the field, as it was written */
	const char *path; /* escaped */
	size_t wanted;    /* terms, for ANY, NONE, NOT_EQUAL */
	const char **terms;
	const char *prefix; /* a whole term's beginning, for PREFIX */
	enum term_tag tag;  /* of a RANGE: TERM_STRING, TERM_NUMBER, TERM_INSTANT */
	bool exact;         /* case of letters counts */
	bool live;          /* on more than the profile: groups, tags */
	const char *segmentation; /* whose group it is about, or NULL */
	struct bound low, high;
};

enum {
	CONDITION_VALUES = 1000, /* of one condition at most */
	CONDITION_PATH = TERM_PATH, /* bytes of a field's name */
	CONDITION_NAME = 512,    /* bytes of the name of a group or a tag */
};

/* What a reader needs everywhere: where memory and problems go. */
struct condition_reader {
	void *ctx;
	struct problems *problems;
};

/* Adds the problem why at the JSON pointer at; false. */
bool condition_wrong(const struct condition_reader *r, const char *at, const char *why);

/* The JSON pointer of a member of what stands at at. */
const char *condition_below(const struct condition_reader *r, const char *at, const char *name);

/*
 * Readers of the parts of a condition, which add problems and are false when the part is wrong.
 * The path: a field of the profile, or group:<segmentation>, or tag:<scope>:<key>.
 */
bool condition_path(const struct condition_reader *r, const char *name, const char *at,
    struct condition *c);

/* A scalar, or a list of them of which any will do. */
bool condition_wanted(const struct condition_reader *r, struct json_object *value, const char *at,
    struct condition *c);

/* One side of a range; op is "<", "<=", ">" or ">=". */
bool condition_bound(const struct condition_reader *r, struct condition *c, const char *op,
    struct json_object *value, const char *at);

/* The beginning of a text. */
bool condition_prefix(const struct condition_reader *r, struct condition *c,
    struct json_object *value, const char *at);

/* {"start": .., "end": ..}: numbers with both ends, days from the first up to the last. */
bool condition_range(const struct condition_reader *r, struct json_object *value, const char *at,
    struct condition *c);

/* Whether it holds for a profile with these terms. */
bool condition_holds(const struct condition *c, const struct terms *t);

#endif
