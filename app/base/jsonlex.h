/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BASE_JSONLEX_H
#define BASE_JSONLEX_H

#include <stddef.h>

/*
 * The strings and numbers of a JSON text, judged by json_guard()'s rules. The two readers get a
 * token's first byte at *at and return NULL with *at behind the token, or else why it is refused
 * (static text) with *at where that shows.
 */

enum { JSON_NUMBER = 32 }; /* characters of a number at most */

/* A string between its quotes. Every escape shrinks, so raw == size means there is none. */
struct jsonlex_span {
	const char *at;
	size_t raw;  /* bytes in the text */
	size_t size; /* bytes as decoded */
};

/* Reads the string whose opening quote is at *at. */
const char *jsonlex_string(const char **at, const char *end, struct jsonlex_span *span);

/* Reads the number that begins at *at with a digit or a minus. */
const char *jsonlex_number(const char **at, const char *end);

/* Writes the span.size decoded bytes of a span that was read to out. */
void jsonlex_decode(const struct jsonlex_span *span, char *out);

#endif
