/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BASE_INSTANT_H
#define BASE_INSTANT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An instant is an int64_t: microseconds since 1970-01-01T00:00:00 UTC, without leap seconds. */

#define INSTANT_MS INT64_C(1000)
#define INSTANT_SECOND (1000 * INSTANT_MS)
#define INSTANT_DAY (86400 * INSTANT_SECOND)

enum { INSTANT_TEXT = sizeof "2012-12-02T00:30:12.984Z" };

/* The wall clock. Only floors with I/O ask it, once a request. */
int64_t instant_now(void);

/* A clock that never jumps, for deadlines and durations; its zero means nothing. */
int64_t instant_monotonic(void);

/*
 * Reads the n bytes at s as an RFC 3339 date-time with an offset, cut (not rounded) to the
 * millisecond. A leap second (23:59:60 UTC) is the first instant of the next day. False when it
 * is none: no such day, no offset, an epoch number, a comma, anything before or behind, or when it
 * lies, in UTC, outside the years 0000..9999.
 */
bool instant_parse(const char *s, size_t n, int64_t *out);

/*
 * The same of what other programs write: a blank for the T; no seconds; a fraction behind a comma
 * or a colon; an offset of hours, or without a colon, or behind a blank; none at all is UTC.
 */
bool instant_parse_any(const char *s, size_t n, int64_t *out);

/* Writes t as RFC 3339 in UTC with milliseconds. Years 0000..9999. */
void instant_format(int64_t t, char out[INSTANT_TEXT]);

#endif
