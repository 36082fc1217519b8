/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Comparison of decimal texts without rounding. A double has 53 bits and an int64_t no fraction,
 * and texts may hold more than either, so numbers are compared digit by digit.
 */
#include "base/decimal.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS "0123456789"

/* 0.DIGITS times 10^point, without leading or trailing zeros; no digits for 0. */
struct decimal {
	bool negative;
	long point;
	size_t n;
	char digits[DECIMAL_LENGTH];
};

bool
decimal_is_valid(const char *s)
{
	if (strlen(s) > DECIMAL_LENGTH)
		return false;
	s += *s == '-';
	size_t n = strspn(s, DIGITS);
	if (n == 0 || (n > 1 && *s == '0'))
		return false;
	s += n;
	if (*s == '.') {
		n = strspn(++s, DIGITS);
		s += n;
		if (n == 0)
			return false;
	}
	if (*s != 'e' && *s != 'E')
		return *s == '\0';
	s++;
	s += *s == '-' || *s == '+';
	n = strspn(s, DIGITS);
	return n > 0 && n <= 3 && s[n] == '\0';
}

/* s is decimal_is_valid, so its digits fit. */
static struct decimal
read_decimal(const char *s)
{
	struct decimal d = {.negative = *s == '-'};
	bool fraction = false;

	for (s += d.negative; *s == '.' || (*s >= '0' && *s <= '9'); s++) {
		fraction = fraction || *s == '.';
		bool zero = *s == '0' && d.n == 0;
		if (*s == '.')
			continue;
		if (!zero)
			d.digits[d.n++] = *s;
		/* A leading zero moves the point only when it stands after it. */
		d.point += zero ? -(long)fraction : !fraction;
	}
	while (d.n > 0 && d.digits[d.n - 1] == '0')
		d.n--;
	if (*s == 'e' || *s == 'E')
		d.point += strtol(s + 1, NULL, 10);
	d.negative = d.negative && d.n > 0;
	return d;
}

/* Orders a and b by their absolute values. */
static int
compare_magnitudes(const struct decimal *a, const struct decimal *b)
{
	size_t n = a->n < b->n ? a->n : b->n;

	if (a->n == 0 || b->n == 0)
		return (a->n > 0) - (b->n > 0);
	if (a->point != b->point)
		return a->point < b->point ? -1 : 1;
	int order = memcmp(a->digits, b->digits, n);
	return order != 0 ? order : (a->n > b->n) - (a->n < b->n);
}

int
decimal_compare(const char *a, const char *b)
{
	struct decimal x = read_decimal(a), y = read_decimal(b);

	if (x.negative != y.negative)
		return x.negative ? -1 : 1;
	return x.negative ? compare_magnitudes(&y, &x) : compare_magnitudes(&x, &y);
}

bool
decimal_instant(const char *s, int64_t *us)
{
	/* Digits before the point of 10^9, of 10^11, and of the last millisecond. */
	enum { SECONDS = 10, MILLISECONDS = 12, LAST = 15 };
	const int64_t end = INT64_C(253402300800000);
	struct decimal d = read_decimal(s);
	int64_t ms = 0;

	if (d.negative || d.point < SECONDS || d.point > LAST)
		return false;
	size_t wanted = (size_t)d.point + (d.point < MILLISECONDS ? 3 : 0);
	for (size_t i = 0; i < wanted; i++)
		ms = ms * 10 + (i < d.n ? d.digits[i] - '0' : 0);
	*us = ms * 1000;
	return ms < end;
}
