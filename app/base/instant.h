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

/* The wall clock. Read once per request, and only by layers that do I/O: see struct work. */
int64_t instant_now(void);

/* A clock that never jumps, for deadlines and durations; its zero is arbitrary. */
int64_t instant_monotonic(void);

/*
 * Reads the n bytes at s as an RFC 3339 date-time with an offset, truncated to the millisecond. A
 * leap second (23:59:60 UTC) is the first instant of the next day. False for anything else: a day
 * that does not exist, no offset, a number, a comma, leading or trailing bytes, or an instant
 * outside the years 0000..9999 in UTC.
 */
bool instant_parse(const char *s, size_t n, int64_t *out);

/*
 * As instant_parse(), and accepts what other programs write: a space instead of the T; no seconds;
 * a fraction after a comma or a colon; an offset of hours alone, without a colon or after a space.
 * No offset means UTC.
 */
bool instant_parse_any(const char *s, size_t n, int64_t *out);

/* Writes t as RFC 3339 in UTC with milliseconds. Years 0000..9999. */
void instant_format(int64_t t, char out[INSTANT_TEXT]);

/* The day of a text that begins with a date (2026-11-21..), in days since 1970. */
bool instant_day(const char *text, int64_t *day);

#endif
