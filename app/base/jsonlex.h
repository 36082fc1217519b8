/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BASE_JSONLEX_H
#define BASE_JSONLEX_H

#include <stddef.h>

/*
 * Strings and numbers of a JSON text, by the rules of json_guard(). The two scanners get the first
 * byte of a token at *at. On success they return NULL, and *at is after the token; otherwise they
 * return the reason (static text), and *at is where the fault is.
 */

enum { JSON_NUMBER = 32 }; /* characters of a number at most */

/* A string without its quotes. Every escape is longer than what it stands for, so raw == size
 * means that there is none. */
struct jsonlex_span {
	const char *at;
	size_t raw;  /* bytes in the text */
	size_t size; /* bytes as decoded */
};

/* Scans the string whose opening quote is at *at. */
const char *jsonlex_string(const char **at, const char *end, struct jsonlex_span *span);

/* Scans the number that begins at *at with a digit or a minus. */
const char *jsonlex_number(const char **at, const char *end);

/* Writes the span->size decoded bytes of a scanned string to out. */
void jsonlex_decode(const struct jsonlex_span *span, char *out);

#endif
