/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BASE_DECIMAL_H
#define BASE_DECIMAL_H

#include <stdbool.h>
#include <stdint.h>

/* Numbers as texts in the form of JSON, compared without rounding, as PostgreSQL's numeric does. */

enum { DECIMAL_LENGTH = 200 }; /* bytes of a text at most */

/* Whether s is a number as JSON writes it, with an exponent of at most three digits. */
bool decimal_is(const char *s);

/* Less than, equal to or greater than 0, as a is to b; both are decimal_is. */
int decimal_compare(const char *a, const char *b);

/*
 * Reads s, which is decimal_is, as time since 1970: from 10^11 on milliseconds, from 10^9 on
 * seconds, cut to the millisecond. *us is in microseconds. False when it is less, or lies behind
 * the year 9999.
 */
bool decimal_instant(const char *s, int64_t *us);

#endif
