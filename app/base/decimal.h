/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BASE_DECIMAL_H
#define BASE_DECIMAL_H

#include <stdbool.h>
#include <stdint.h>

/* Numbers in the notation of JSON, compared without rounding, as PostgreSQL's numeric does. */

enum { DECIMAL_LENGTH = 200 }; /* longest text, in bytes */

/* Whether s is a JSON number of at most DECIMAL_LENGTH bytes, with an exponent of at most three
 * digits. */
bool decimal_is_valid(const char *s);

/* Less than, equal to or greater than 0, as a is to b; both must be decimal_is_valid. */
int decimal_compare(const char *a, const char *b);

/*
 * Reads s, which must be decimal_is_valid, as time since 1970: values from 10^11 are milliseconds,
 * values from 10^9 seconds, truncated to the millisecond. *us is in microseconds. False for smaller
 * values and for instants after the year 9999.
 */
bool decimal_instant(const char *s, int64_t *us);

#endif
