/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORE_AUDIENCE_TERMS_H
#define CORE_AUDIENCE_TERMS_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A profile as a sorted list of terms. The database stores and indexes profiles in this form, and
 * criteria are evaluated on it, both in SQL and in this program. A term is a path, a tag byte and a
 * value:
 *
 *	organisations.orgName=sunbird	a string, ASCII letters folded to lower case
 *	age#42				a number
 *	emailVerified?true		a boolean
 *	first_access@1550448000000000	an instant in microseconds, besides the string, where a
 *					string is a date or a date-time
 *	tags!				an empty array or object
 *
 * Array positions do not appear in a path: a field of any element is a field of the array. Null
 * makes no term. In a path the bytes = # ? @ ! % of a key are escaped as %XX. A value whose path is
 * longer than TERM_PATH makes no term, and no condition may name such a path.
 */

enum term_tag {
	TERM_STRING = '=',
	TERM_NUMBER = '#',
	TERM_BOOL = '?',
	TERM_INSTANT = '@',
	TERM_EMPTY = '!',
};

enum {
	TERM_VALUE = 200, /* bytes of a string that are kept; of a longer one a digest is added */
	TERM_PATH = 128,  /* bytes of a path, dots included, before escaping */
};

struct terms {
	size_t n;
	const char **list; /* sorted by bytes, without duplicates; terms are on the struct */
	size_t room;       /* allocated entries of the list */
};

/* The terms of the JSON object attributes, on ctx. */
struct terms *terms_make(void *ctx, struct json_object *attributes);

/* A value of any JSON type beside the attributes, with the path at which it appears. */
struct terms_extra {
	const char *path; /* escaped */
	struct json_object *value;
};

/* The terms of attributes (NULL: none) and of n further values as one list, on ctx. */
struct terms *terms_join(void *ctx, struct json_object *attributes,
    const struct terms_extra extra[], size_t n);

/* Inserts the terms of one more value. */
void terms_add(struct terms *t, const struct terms_extra *extra);

/* The path with the tag bytes and % escaped as %XX, on ctx. Dots stay as they are. */
char *terms_path(void *ctx, const char *path);

/* The term of a scalar at the escaped path, on ctx; NULL when value is null or a container. */
char *terms_scalar(void *ctx, const char *path, struct json_object *value);

/*
 * The string s as it stands in a term, on ctx: ASCII letters in lower case, and beyond TERM_VALUE
 * bytes cut and followed by the byte 1 and a digest of the whole.
 */
char *terms_fold(void *ctx, const char *s);

/* Whether the term is in the list. */
bool terms_has(const struct terms *t, const char *term);

/* The index of the first term that is not less than prefix; t->n when there is none. */
size_t terms_from(const struct terms *t, const char *prefix);

/*
 * Reads a day, "2019-02-10" (*at is its first instant, and *day is set), or a date-time in any form
 * that instant_parse_any accepts; *at is in microseconds. False when s is neither or no such day
 * exists.
 */
bool terms_instant(const char *s, int64_t *at, bool *day);

#endif
