/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CRITERIA_H
#define CRITERIA_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/problem.h"
#include "core/subject.h"
#include "core/terms.h"

/*
 * Who is in an experiment: conditions on the terms of a profile, all of which must hold. One
 * parsed form serves the evaluator (criteria_match) and the compiler to SQL (criteria_sql).
 */

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

/* A side of a range. For TERM_STRING text counts, else number. */
struct bound {
	bool set;
	bool open; /* the bound itself is outside */
	const char *text;
	double number;
};

struct condition {
	enum condition_op op;
	const char *path; /* escaped */
	size_t wanted;    /* terms, for ANY, NONE, NOT_EQUAL */
	const char **terms;
	const char *prefix; /* a whole term's beginning, for PREFIX */
	enum term_tag tag;  /* of a RANGE: TERM_STRING, TERM_NUMBER, TERM_INSTANT */
	struct bound low, high;
};

struct criteria {
	enum subject_kind kind; /* SUBJECT_USER or SUBJECT_DEVICE */
	size_t n;
	struct condition *list;
};

enum {
	CRITERIA_CONDITIONS = 100, /* at most */
	CRITERIA_VALUES = 1000,    /* of one condition */
	CRITERIA_PATH = 128,       /* bytes of a field's name */
	CRITERIA_PARAMS = 4 * CRITERIA_CONDITIONS,
};

/*
 * Reads {type, filters}, which stands at the JSON pointer at, onto ctx. NULL, with a problem for
 * each filter that is wrong, when it is not valid.
 */
struct criteria *criteria_read(void *ctx, struct json_object *o, const char *at,
    struct problems *problems);

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

#endif
