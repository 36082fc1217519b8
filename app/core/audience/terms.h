/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_AUDIENCE_TERMS_H
#define CORE_AUDIENCE_TERMS_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A profile as a sorted list of terms, the form in which the database indexes it and in which
 * criteria are decided, there and here alike. A term is the path, a tag and a value:
 *
 *	organisations.orgName=sunbird	a string, ASCII letters folded to lower case
 *	age#42				a number
 *	emailVerified?true		a boolean
 *	first_access@1550448000000000	a string that is a date or date-time: an instant besides
 *	tags!				an empty array or object
 *
 * Arrays do not show in the path: a field of any element is a field. Null leaves no term. In a
 * path the bytes = # ? @ ! % of a key are written %XX. A value whose path is longer than TERM_PATH
 * leaves no term, and no condition may name such a path.
 */

enum term_tag {
	TERM_STRING = '=',
	TERM_NUMBER = '#',
	TERM_BOOL = '?',
	TERM_INSTANT = '@',
	TERM_EMPTY = '!',
};

enum {
	TERM_VALUE = 200, /* bytes of a string kept as they are; the rest becomes a digest */
	TERM_PATH = 128,  /* bytes of a path, dots included, before its bytes are escaped */
};

struct terms {
	size_t n;
	const char **list; /* sorted by bytes, no term twice */
	size_t room;       /* of the list */
};

/* The terms of the JSON object attributes, on ctx. */
struct terms *terms_make(void *ctx, struct json_object *attributes);

/* A value, of any shape, beyond the attributes. */
struct terms_extra {
	const char *path; /* escaped */
	struct json_object *value;
};

/* The same of attributes (NULL: none) and n further values, in one list. */
struct terms *terms_join(void *ctx, struct json_object *attributes,
    const struct terms_extra extra[], size_t n);

/* Adds the terms of one more value. */
void terms_add(struct terms *t, const struct terms_extra *extra);

/* path with the bytes escaped that tags use, on ctx. Dots stay. */
char *terms_path(void *ctx, const char *path);

/* The term of scalar value at the escaped path, on ctx; NULL when value is no scalar. */
char *terms_scalar(void *ctx, const char *path, struct json_object *value);

/* s with ASCII letters in lower case, cut as in a term, on ctx. */
char *terms_fold(void *ctx, const char *s);

/* Whether the list holds the term. */
bool terms_has(const struct terms *t, const char *term);

/* Index of the first term that is not less than prefix; t->n when there is none. */
size_t terms_from(const struct terms *t, const char *prefix);

/*
 * Reads "2019-02-10" (its first instant; *day is set) or a date-time in a form of
 * instant_parse_any. False when s is
 * neither, or no such day exists.
 */
bool terms_instant(const char *s, int64_t *at, bool *day);

#endif
